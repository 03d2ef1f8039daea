/* Taxa from a dataset of the node. */
#include "data/seen.h"
#include "data/taxa.h"

/* A column is a term by the heading it was read from, else by its name. */
static const Column *column_of(const Table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const Column *c = &table->columns[i];
        Str           heading = c->from_count == 1 ? c->from[0] : c->name;
        Cut           scope = str_cut_last(heading, '/'), prefix = str_cut_last(heading, ':');
        Str           end = scope.found ? scope.tail : prefix.found ? prefix.tail
                                                                    : heading;
        if (str_eq_nocase(end, str_of(name)) || str_eq_nocase(c->name, str_of(name))) return c;
    }
    return NULL;
}

enum { ID,
       NAME_ID,
       NAME,
       AUTHORSHIP,
       RANK,
       MARINE,
       FIRST_RANK,
       TERMS = FIRST_RANK + TAXA_RANKS };
static const char *const terms[TERMS] = { "taxonID", "scientificNameID", "scientificName", "scientificNameAuthorship",
                                          "taxonRank", "isMarine", "kingdom", "phylum", "class", "order",
                                          "superfamily", "family", "subfamily", "tribe", "subtribe", "genus" };

static Str list_sql(Arena *a, const Table *table)
{
    Buf *sql = buf_open(a);
    for (int i = 0; i < TERMS; i++) {
        const Column *c = column_of(table, terms[i]);
        buf_put_z(sql, i ? ", " : "SELECT ");
        if (!c) {
            buf_put_z(sql, "NULL::VARCHAR");
            continue;
        }
        buf_put_z(sql, "CAST(");
        sql_name(sql, c->name);
        buf_put_z(sql, " AS VARCHAR)");
    }
    for (size_t i = 0; i < table->part_count; i++) {
        buf_put_z(sql, i ? "," : " FROM read_parquet([");
        sql_text(sql, table->parts[i]);
    }
    buf_put_z(sql, "], union_by_name=true)");
    return buf_str(sql);
}

static Str text_of(const DuckValue *value)
{
    return value->type == DUCK_TEXT ? value->text : STR_NONE;
}

static TaxonSaid said(Str text)
{
    if (str_eq_nocase(text, S("true")) || str_eq_z(text, "1")) return TAXON_YES;
    if (str_eq_nocase(text, S("false")) || str_eq_z(text, "0")) return TAXON_NO;
    return TAXON_NOT_SAID;
}

static bool rows_read(DuckRun *run, Arena *a, Str sql, Str prefix, Taxa *taxa, Err *err)
{
    DuckAnswer      *answer;
    const DuckValue *row;
    Arena           *once = arena_open(0);
    if (!duck_ask(run, a, sql, NULL, 0, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        Taxon taxon = { .id = text_of(&row[NAME_ID]),
                        .name = text_of(&row[NAME]),
                        .authorship = text_of(&row[AUTHORSHIP]),
                        .rank = text_of(&row[RANK]),
                        .marine = said(text_of(&row[MARINE])) };
        if (!taxon.id.len) taxon.id = text_of(&row[ID]);
        if (taxon.id.len && !str_has(taxon.id, S(":"))) taxon.id = str_join(once, (Str[]){ prefix, taxon.id }, 2);
        for (int i = 0; i < TAXA_RANKS; i++) taxon.at[i] = text_of(&row[FIRST_RANK + i]);
        taxa_add(taxa, &taxon);
        arena_reset(once);
    }
    arena_close(once);
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}

bool taxa_read(Data *data, const Reader *reader, Str dataset, Str prefix, Taxa **out, Err *err)
{
    Arena    *a = arena_open(0);
    Snapshot *s = snapshot_open(data_node(data), reader, STR_NONE);
    Table     table;
    Record    r;
    Duck     *duck;
    DuckRun  *run = NULL;
    Taxa     *taxa = taxa_make();
    int64_t   rows = 0;
    bool      ok = record_read(s, a, S("dataset"), dataset, &r, err);
    snapshot_close(s);
    ok = ok && seen_table(data, a, reader, r.doc, r.doc, r.owner, &table, err);
    for (size_t i = 0; ok && i < table.part_count; i++) rows += table.part_rows ? table.part_rows[i] : 0;
    if (ok && (!table.part_count || !column_of(&table, "scientificName")))
        ok = fail(err, ERR_INVALID, "the dataset %.*s is no list of taxa: it has no rows with a scientificName",
                  STR_ARG(dataset));
    if (ok && rows > TAXA_MOST)
        ok = fail(err, ERR_TOO_BIG, "the list of taxa %.*s has %lld rows, %d are the most: import an extract of it",
                  STR_ARG(dataset), (long long)rows, TAXA_MOST);
    ok = ok && data_engine(data, &duck, err) && duck_run_open(duck, &run, err) &&
         rows_read(run, a, list_sql(a, &table), prefix, taxa, err);
    duck_run_close(run);
    arena_close(a);
    if (ok) *out = taxa;
    else taxa_close(taxa);
    return ok;
}
