/* Any bytes as values of Darwin Core terms, divided by line ends: every test answers, and with what its kind may
   say. */
#include "data/bdq.h"

#include <stdlib.h>

#define NAN_OUTLINE "{\"type\":\"Polygon\",\"coordinates\":[[[100,18],[101,18],[101,19],[100,18]]]}"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

static void check_answer(size_t test, const BdqAnswer *answer)
{
    bool proposes = answer->status == BDQ_AMENDED || answer->status == BDQ_FILLED_IN;
    expect(answer->status != BDQ_NOT_RUN);
    expect(proposes == (answer->amended_count > 0));
    expect((answer->status == BDQ_RUN_HAS_RESULT) == (answer->result != BDQ_NO_RESULT));
    if (proposes) expect(bdq_test_type(test) == BDQ_AMENDMENT);
    for (size_t i = 0; i < answer->amended_count; i++) expect(answer->amended[i].value.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static Bdq *bdq; /* opened once for all runs: it takes a tenth of a second */
    Arena      *a = arena_open(0);
    Str         rest = { (const char *)bytes, n };
    BdqRecord   record = { .now_ms = 1750000000000 };
    if (!bdq) {
        Taxa *taxa = taxa_make();
        Taxon graphis = { .id = S("x:1"), .name = S("Graphis Jeffreys, 1867"), .rank = S("genus") };
        taxa_add(taxa, &graphis);
        graphis.at[TAXA_CLASS] = S("Lecanoromycetes");
        taxa_add(taxa, &graphis);
        bdq = bdq_open();
        bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_TAXA, .taxa = taxa });
        Provinces *provinces = provinces_make();
        provinces_add(provinces, &(Province){ .country_code = S("TH"),
                                              .name = S("Nan"),
                                              .others = S("น่าน"),
                                              .geometry = S(NAN_OUTLINE) });
        provinces_add(provinces, &(Province){ .country_code = S("TH"), .name = S("Nan") });
        bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_PROVINCES, .provinces = provinces });
        Centres *centres = centres_make();
        centres_add(centres, &(Centre){ S("TH"), 15, 101, 513120 });
        bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_CENTRES, .centres = centres });
        Annotations *annotations = annotations_make();
        annotations_add(annotations, S("a"), annotation_motivations(S("oa:tagging")));
        bdq_use(bdq, STR_NONE, (BdqList){ BDQ_OF_ANNOTATIONS, .annotations = annotations });
    }
    /* A line is "term=value". */
    while (rest.len) {
        Cut     line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
        BdqTerm term = bdq_term_find(pair.head);
        if (term != BDQ_NONE) record.values[term] = pair.tail;
        rest = line.tail;
    }
    for (size_t i = 0; i < bdq_test_count(); i++) {
        BdqAnswer answer;
        if (bdq_test_type(i) == BDQ_MEASURE) continue;
        bdq_ask(bdq, a, &record, i, &answer);
        check_answer(i, &answer);
    }
    arena_close(a);
    return 0;
}
