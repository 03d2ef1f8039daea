/* Who is asked: Banyan's index, and SQLite's FTS5 with its own tokenizers and over overlapping pairs of characters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/buf.h"
#include "quality/quality.h"

size_t ask_banyan(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS])
{
    Hits hits;
    Err  err;
    if (!search_ask(e->search, a, q, STR_NONE, NULL, ANSWERS, &hits, &err)) {
        fprintf(stderr, "search: %s\n", err.text);
        exit(2);
    }
    for (size_t i = 0; i < hits.count; i++) faces[i] = hits.hits[i].face;
    return hits.count;
}

/* Overlapping pairs of characters without spaces, parted by spaces: "abcd" as "ab bc cd". */
static Str pairs_of(Arena *a, Str s)
{
    Buf *out = buf_open(a);
    Str  before = STR_NONE;
    for (size_t i = 0; i < s.len;) {
        size_t  from = i;
        UChar32 c;
        U8_NEXT((const uint8_t *)s.at, i, s.len, c);
        if (c < 0 || u_isUWhiteSpace(c) || u_ispunct(c)) continue;
        Str now = { s.at + from, i - from };
        if (before.len) {
            buf_put(out, before);
            buf_put(out, now);
            buf_put_byte(out, ' ');
        }
        before = now;
    }
    return lower_of(a, buf_str(out));
}

static Str trigrams_of(Arena *a, Str s)
{
    Buf   *out = buf_open(a);
    size_t starts[4096], n = 0;
    for (size_t i = 0; i < s.len && n < 4095; n++) {
        starts[n] = i;
        U8_FWD_1(s.at, i, s.len);
    }
    starts[n] = s.len;
    for (size_t i = 0; i + 3 <= n; i++) {
        buf_put_byte(out, '"');
        for (size_t k = starts[i]; k < starts[i + 3]; k++) {
            if (s.at[k] == '"') buf_put_byte(out, '"');
            buf_put_byte(out, s.at[k]);
        }
        buf_put_z(out, i + 4 <= n ? "\" OR " : "\"");
    }
    return buf_str(out);
}

static Str words_quoted(Arena *a, Str s, const char *between)
{
    Buf *out = buf_open(a);
    while (s.len) {
        Cut word = str_cut(s, ' ');
        s = word.tail;
        if (!word.head.len) continue;
        if (out->len) buf_put_z(out, between);
        buf_put_byte(out, '"');
        for (size_t i = 0; i < word.head.len; i++) {
            if (word.head.at[i] == '"') buf_put_byte(out, '"');
            buf_put_byte(out, word.head.at[i]);
        }
        buf_put_byte(out, '"');
    }
    return buf_str(out);
}

static size_t fts_match(Engine *e, Str match, uint32_t faces[ANSWERS])
{
    sqlite3_stmt *query = NULL;
    size_t        n = 0;
    sqlite3_prepare_v2(e->db, "select rowid from t where t match ?1 order by rank limit 5", -1, &query, NULL);
    sqlite3_bind_text(query, 1, match.at, (int)match.len, SQLITE_STATIC);
    while (match.len && n < ANSWERS && sqlite3_step(query) == SQLITE_ROW)
        faces[n++] = (uint32_t)sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return n;
}

/* All that is asked for, else any of it. */
size_t ask_fts(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS])
{
    if (e->pairs) q = pairs_of(a, q);
    size_t n = fts_match(e, words_quoted(a, q, " "), faces);
    if (!n) n = fts_match(e, e->trigrams ? trigrams_of(a, q) : words_quoted(a, q, " OR "), faces);
    return n;
}

sqlite3 *fts_open(Arena *a, const Docs *docs, const char *tokenizer, bool pairs)
{
    sqlite3      *db = NULL;
    sqlite3_stmt *put = NULL;
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, str_format(a, "create virtual table t using fts5(x, tokenize=\"%s\"); begin", tokenizer).at, 0, 0,
                 0);
    sqlite3_prepare_v2(db, "insert into t(rowid, x) values (?1, ?2)", -1, &put, NULL);
    for (size_t d = 0; d < docs->n; d++) {
        Str text = pairs ? pairs_of(a, docs->at[d].text) : docs->at[d].text;
        sqlite3_bind_int64(put, 1, (sqlite3_int64)d);
        sqlite3_bind_text(put, 2, text.at, (int)text.len, SQLITE_STATIC);
        sqlite3_step(put);
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    sqlite3_exec(db, "commit", 0, 0, 0);
    return db;
}

Search *banyan_open(Arena *a, const Docs *docs, const char **path)
{
    Search *s;
    Err     err;
    char   *folder = (char *)str_copy(a, S("/tmp/banyan-quality-XXXXXX")).at;
    if (!mkdtemp(folder) || !search_open(folder, &s, &err)) {
        fprintf(stderr, "search_open: %s\n", err.text);
        exit(2);
    }
    Arena *scratch = arena_open(0);
    for (uint32_t d = 0; d < docs->n; d++) {
        arena_reset(scratch);
        search_add(s, d, search_doc_make(scratch, &(SearchText){ docs->at[d].text, STR_NONE, 1 }, 1));
        if (search_wants_flush(s) && !search_flush(s, d, &err)) fprintf(stderr, "flush: %s\n", err.text);
    }
    if (!search_flush(s, docs->n, &err)) fprintf(stderr, "flush: %s\n", err.text);
    arena_close(scratch);
    *path = folder;
    return s;
}
