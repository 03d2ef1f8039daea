/* See key.h. */
#include "data/key.h"

#include "data/seen.h"

/* Words that follow a name and are none of it, though they begin with a small letter. */
#define PARTICLES "de|van|von|der|den|ex|et|in|da|di|du|la|le|del|dos|and|f|sp|spp|indet|auct|non|nec|sensu|emend"
#define RANKS     "subsp|ssp|var|subvar|f|fo|forma|cf|aff|nothosubsp|nothovar|agg"

/* ---- which there are ---- */

typedef struct {
    Data         *data;
    Arena        *a;
    const Reader *reader;
    const Record *head;
    Json         *doubts;
    Buf          *stamp;
} Finding;

static void references_nothing(Finding *f, const Column *column, Str what)
{
    Json *one = json_object_make(f->a), *examples = json_array_make(f->a);
    json_put_text(one, "doubt", S("references-nothing"));
    json_put_text(one, "column", column->name);
    json_add_text(examples, what);
    json_put_value(one, "examples", examples);
    json_add_value(f->doubts, one);
}

static bool dataset_read(Finding *f, Str name, Record *out, bool *there, Err *err)
{
    Err       why = { 0 };
    Snapshot *s = snapshot_open(data_node(f->data), f->reader, STR_NONE);
    *there = record_read(s, f->a, S("dataset"), name, out, &why) && out->state != STATE_WITHDRAWN;
    snapshot_close(s);
    return why.code == ERR_NONE || why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

/* The other table into `key`; `*there` when it has the column. */
static bool list_read(Finding *f, const Record *r, Str column, Key *key, bool *there, Err *err)
{
    const Json *parts = json_get(r->doc, "parts");
    if (!seen_table(f->data, f->a, f->reader, r->doc, r->doc, r->owner, &key->list, err)) return false;
    key->among = column.len ? columns_find(key->list.columns, key->list.column_count, column)
                            : columns_role(key->list.columns, key->list.column_count, ROLE_OF_TAXON);
    *there = key->among && (key->list.part_count > 0 || key->self);
    for (size_t i = 0; *there && i < json_array_size(parts); i++)
        buf_putf(f->stamp, "%.*s ", STR_ARG(json_get_text(json_array_get(parts, i), "sha256")));
    return true;
}

/* Of this dataset: its parts so far and the one that is made. */
static bool self_read(Finding *f, const Column *columns, size_t n, Key *key, bool *there, Err *err)
{
    key->self = true;
    if (f->head && !list_read(f, f->head, key->column->key_column, key, there, err)) return false;
    key->among = columns_find(columns, n, key->column->key_column);
    *there = key->among != NULL;
    return true;
}

static bool reference_read(Finding *f, Column *columns, size_t n, Column *column, Key *key, bool *there, Err *err)
{
    Record r;
    *key = (Key){ .column = column };
    *there = false;
    bool own = !column->key_dataset.len || (f->head && (str_eq(column->key_dataset, f->head->id) ||
                                                        str_eq(column->key_dataset, f->head->slug)));
    if (own) return self_read(f, columns, n, key, there, err);
    if (!dataset_read(f, column->key_dataset, &r, there, err) || !*there) return err->code == ERR_NONE;
    column->key_dataset = r.id;
    return list_read(f, &r, column->key_column, key, there, err);
}

static bool checklist_read(Finding *f, const Column *taxon, Str list, Key *key, bool *there, Err *err)
{
    Record r;
    *key = (Key){ .column = taxon, .taxa = true };
    if (!dataset_read(f, list, &r, there, err) || !*there) return err->code == ERR_NONE;
    return list_read(f, &r, STR_NONE, key, there, err);
}

bool keys_find(Data *data, Arena *a, const Reader *reader, const Record *head, Column *columns, size_t n, Json *doubts,
               Key **out, size_t *count, Str *stamp, Err *err)
{
    Finding       f = { data, a, reader, head, doubts, buf_open(a) };
    Key          *keys = NEW_ARRAY(a, Key, n + 1);
    size_t        found = 0;
    bool          there;
    Str           list = head ? json_get_text(head->doc, "checklist") : STR_NONE;
    const Column *taxon = columns_role(columns, n, ROLE_OF_TAXON);
    *err = (Err){ 0 };
    for (size_t i = 0; i < n; i++) {
        if (!columns[i].key_column.len) continue;
        if (!reference_read(&f, columns, n, &columns[i], &keys[found], &there, err)) return false;
        if (there) found++;
        else references_nothing(&f, &columns[i], columns[i].key_column);
    }
    if (list.len && taxon && taxon->type == COLUMN_STRING) {
        if (!checklist_read(&f, taxon, list, &keys[found], &there, err)) return false;
        if (there) found++;
        else references_nothing(&f, taxon, S("checklist"));
    }
    *out = keys;
    *count = found;
    *stamp = buf_str(f.stamp);
    return true;
}

/* ---- SQL ---- */

static bool is_number(const Column *c)
{
    return c->type == COLUMN_NUMBER || c->type == COLUMN_INTEGER || c->type == COLUMN_YEAR;
}

/* The name alone, in small letters; what is no scientific name as it stands. */
static void name_sql(Str value, Buf *out)
{
    buf_putf(out,
             "lower(coalesce(nullif(regexp_replace(regexp_extract(regexp_replace(replace(%.*s, '×', ' '), "
             "'\\s+(" RANKS ")\\.?\\s+', ' ', 'g'), '^\\s*(\\p{Lu}[\\p{L}-]+(?:\\s+\\p{Ll}[\\p{Ll}-]+)*)', 1), "
             "'\\s+(" PARTICLES ")(\\s.*)?$', ''), ''), %.*s))",
             STR_ARG(value), STR_ARG(value));
}

static void value_sql(const Key *key, const Column *column, Buf *out)
{
    bool alike = key->column->type == key->among->type || (is_number(key->column) && is_number(key->among));
    Buf  name = { 0 };
    sql_name(&name, column->name);
    if (key->taxa) name_sql(buf_str(&name), out);
    else buf_putf(out, alike ? "%s" : "CAST(%s AS VARCHAR)", name.at);
    buf_free(&name);
}

/* "SELECT … AS v": the values that there are, each once. `part` may be empty. */
static void list_sql(const Key *key, Str part, Buf *out)
{
    buf_put_z(out, "SELECT DISTINCT ");
    value_sql(key, key->among, out);
    buf_put_z(out, " AS v FROM (");
    if (key->list.part_count) {
        buf_put_z(out, "SELECT ");
        sql_name(out, key->among->name);
        for (size_t i = 0; i < key->list.part_count; i++) {
            buf_put_z(out, i ? "," : " FROM read_parquet([");
            sql_text(out, key->list.parts[i]);
        }
        buf_put_z(out, "], union_by_name=true)");
    }
    if (key->self && part.len) {
        buf_put_z(out, key->list.part_count ? " UNION ALL SELECT " : "SELECT ");
        sql_name(out, key->among->name);
        buf_putf(out, " FROM %.*s", STR_ARG(part));
    }
    buf_put_z(out, ") WHERE ");
    sql_name(out, key->among->name);
    buf_put_z(out, " IS NOT NULL");
}

Str key_rows_sql(Arena *a, const Key *key, Str part)
{
    Buf *sql = buf_open(a), name = { 0 };
    sql_name(&name, key->column->name);
    buf_put_z(sql, "WITH l AS MATERIALIZED (");
    list_sql(key, part, sql);
    buf_putf(sql, "), u AS MATERIALIZED (SELECT x FROM (SELECT x, ");
    /* Each value that the part has once: names are cut to their words for these alone. */
    if (key->taxa) name_sql(S("x"), sql);
    else buf_put_z(sql, "x");
    buf_put_z(sql, " AS v FROM (SELECT DISTINCT ");
    if (key->taxa) buf_put_z(sql, name.at);
    else value_sql(key, key->column, sql);
    buf_putf(sql, " AS x FROM %.*s WHERE %s IS NOT NULL)) WHERE v NOT IN (SELECT v FROM l)", STR_ARG(part), name.at);
    if (key->taxa) buf_put_z(sql, " AND v NOT IN (SELECT split_part(v, ' ', 1) FROM l)");
    buf_put_z(sql, ") SELECT file_row_number AS row FROM ");
    buf_putf(sql, "%.*s WHERE ", STR_ARG(part));
    if (key->taxa) buf_put_z(sql, name.at);
    else value_sql(key, key->column, sql);
    buf_put_z(sql, " IN (SELECT x FROM u)");
    buf_free(&name);
    return buf_str(sql);
}

bool key_nearest(DuckRun *run, Arena *a, const Key *key, Str value, Json *into, Err *err)
{
    Buf             *sql = buf_open(a);
    DuckAnswer      *answer;
    const DuckValue *row;
    DuckValue        given[] = { DUCK_TEXT_OF(value) };
    if (!key->list.part_count) return true;
    buf_put_z(sql, "WITH l AS (SELECT v::VARCHAR AS v FROM (");
    list_sql(key, STR_NONE, sql);
    buf_put_z(sql, ")), w AS (SELECT ");
    if (key->taxa) name_sql(S("$1"), sql);
    else buf_put_z(sql, "$1::VARCHAR");
    buf_putf(sql,
             " AS w), d AS (SELECT v, w, levenshtein(lower(v), lower(w)) AS d FROM l, w WHERE "
             "abs(len(v) - len(w)) <= 8) "
             "SELECT v FROM d WHERE d <= greatest(2, len(w) // 5) OR (d <= len(w) // 3 AND "
             "split_part(v, ' ', 1) = "
             "split_part(w, ' ', 1) AND contains(w, ' ')) ORDER BY d, v LIMIT %d",
             KEY_NEAREST);
    if (!duck_ask(run, a, buf_str(sql), given, 1, &answer, err)) return false;
    while (duck_next(answer, &row, err)) {
        Str text = str_copy(a, row[0].text);
        /* Names were compared in small letters; a genus has a capital. */
        if (key->taxa && text.len && text.at[0] >= 'a' && text.at[0] <= 'z') {
            char *first = (char *)text.at;
            first[0] = (char)(first[0] - 32);
        }
        json_add_text(into, text);
    }
    duck_answer_close(answer);
    return err->code == ERR_NONE;
}
