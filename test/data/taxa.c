/* Lists of taxa: names taken apart, homonyms, lineages. */
#include "data/taxa.h"

#include "data/taxon_name.h"

#include "check.h"

static void close_taxa(void *taxa)
{
    taxa_close(taxa);
}

TEST("names are taken apart into words and authors")
{
    static const char *const cases[][3] = {
        { "Graphis", "Graphis", "" },
        { "Graphis Jeffreys, 1867", "Graphis", "Jeffreys, 1867" },
        { "Chicoreus palmarosae (Lamarck, 1822)", "Chicoreus palmarosae", "(Lamarck, 1822)" },
        { "Murex (Chicoreus) palmarosae Lamarck, 1822", "Murex palmarosae", "Lamarck, 1822" },
        { "Abies balsamea var. phanerolepis Fernald", "Abies balsamea phanerolepis", "Fernald" },
        { "Abies balsamea (L.) Mill. var. phanerolepis Fernald", "Abies balsamea phanerolepis", "Fernald" },
        { "× Amelasorbus jackii Rehder", "Amelasorbus jackii", "Rehder" },
        { "Quercus robur L.", "Quercus robur", "L." },
        { "Aus bus van der Hoeven, 1833", "Aus bus", "van der Hoeven, 1833" },
        { "", "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TaxonName name = taxon_name_read(str_of(cases[i][0]));
        CHECK_STR(taxon_name_words(a, &name), cases[i][1]);
        CHECK_STR(name.authorship, cases[i][2]);
    }
}

TEST("authors are the same when written whole, with brackets or shortened with a point")
{
    CHECK(taxon_authors_same(S("(Lamarck, 1822)"), S("Lamarck 1822")));
    CHECK(taxon_authors_same(S("(Lamarck, 1822)"), S("(L., 1822)")));
    CHECK(taxon_authors_same(S("F.Muell."), S("F. Mueller")));
    CHECK(!taxon_authors_same(S("(Lamarck, 1822)"), S("Lamarck, 1823")));
    CHECK(!taxon_authors_same(S("L., 1758"), S("Jeffreys, 1867")));
    CHECK(!taxon_authors_same(S("Lamarck"), S("Lamarck, 1822")));
    CHECK(!taxon_authors_same(S("L'Hér."), S("Cam.")));
}

TEST("homonyms are kept apart, and what a list leaves open contradicts nothing")
{
    Taxa *taxa = arena_adopt(a, taxa_make(), close_taxa);
    Taxon snail = { .id = S("x:1"), .name = S("Graphis Jeffreys, 1867"), .rank = S("GENUS") };
    snail.at[TAXA_KINGDOM] = S("Animalia");
    snail.at[TAXA_CLASS] = S("Gastropoda");
    Taxon lichen = { .id = S("x:2"), .name = S("Graphis Adans."), .rank = S("genus") };
    lichen.at[TAXA_KINGDOM] = S("Fungi");
    lichen.at[TAXA_FAMILY] = S("Graphidaceae");
    CHECK(taxa_by_name(taxa, S("Graphis"), TAXA_NONE) == TAXA_NONE);
    taxa_add(taxa, &snail);
    taxa_add(taxa, &lichen);
    size_t first = taxa_by_name(taxa, S("Graphis"), TAXA_NONE), second = taxa_by_name(taxa, S("Graphis"), first);
    CHECK_STR(taxa_get(taxa, first).id, "x:1");
    CHECK_STR(taxa_get(taxa, second).id, "x:2");
    CHECK_STR(taxa_get(taxa, second).authorship, "Adans.");
    CHECK(taxa_by_name(taxa, S("Graphis"), second) == TAXA_NONE);
    CHECK(taxa_by_id(taxa, S("x:2"), TAXA_NONE) == second);
    CHECK(taxa_by_id(taxa, STR_NONE, TAXA_NONE) == TAXA_NONE);
    CHECK(taxa_at_rank(taxa, TAXA_GENUS, S("Graphis")));
    CHECK(!taxa_at_rank(taxa, TAXA_GENUS, S("graphis")));
    CHECK(!taxa_at_rank(taxa, TAXA_FAMILY, S("Graphis")));
    CHECK(taxa_at_rank(taxa, TAXA_FAMILY, S("Graphidaceae")));
    Str at[TAXA_RANKS] = { 0 };
    at[TAXA_GENUS] = S("Graphis");
    CHECK(taxa_agree(taxa, at));
    at[TAXA_KINGDOM] = S("Fungi");
    CHECK(taxa_agree(taxa, at));
    at[TAXA_CLASS] = S("Lecanoromycetes"); /* the lichen's is not said */
    CHECK(taxa_agree(taxa, at));
    at[TAXA_CLASS] = S("Gastropoda");
    CHECK(taxa_agree(taxa, at)); /* of the lichen nothing is known that speaks against it */
    at[TAXA_FAMILY] = S("Rosaceae");
    CHECK(!taxa_agree(taxa, at));
}

TEST("a list of many taxa finds each of them")
{
    Taxa *taxa = arena_adopt(a, taxa_make(), close_taxa);
    for (int i = 0; i < 20000; i++) {
        Taxon taxon = { .id = str_format(a, "n:%d", i),
                        .name = str_format(a, "Genus%d species Author, 1900", i % 7000) };
        taxon.at[TAXA_FAMILY] = str_format(a, "Family%d", i % 100);
        taxa_add(taxa, &taxon);
    }
    CHECK_EQ_INT(taxa_count(taxa), 20000);
    size_t at = TAXA_NONE, n = 0;
    while ((at = taxa_by_name(taxa, S("Genus5999 species"), at)) != TAXA_NONE) n++;
    CHECK_EQ_INT(n, 3);
    CHECK_STR(taxa_get(taxa, taxa_by_id(taxa, S("n:19999"), TAXA_NONE)).at[TAXA_FAMILY], "Family99");
}
