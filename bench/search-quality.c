/* How often search finds the document that a query was made from, among the first five answers.

   Documents are the articles of the Universal Declaration of Human Rights in 17 languages, then the
   sentences of TICO-19 in 12, each collection whole in one index. Queries of six kinds are cut from
   the documents by ICU's rules for each language and a fixed seed; a query that more than five
   documents of its language could answer is not asked. Next to Banyan, in the same run: SQLite's FTS5
   with its unicode61 and trigram tokenizers, and FTS5 over overlapping pairs of characters.

   Prints a table, writes JSON (first argument, else build/bench/search-quality.json), exits 1 when a
   threshold is missed. Reads data/text below $BANYAN_SHARED or ../shared. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include "base/json.h"
#include "core/search.h"
#include "text/segment.h"

#define DOC_LANGS 17
#define ANSWERS   5

static const struct {
    const char *lang, *file;
    int         column;
} languages[DOC_LANGS] = {
    { "zh", "cmn_hans", 2 },
    { "en", "eng", 1 },
    { "id", "ind", 3 },
    { "ms", "mly_latn", 4 },
    { "th", "tha", 0 },
    { "vi", "vie", 0 },
    { "lo", "lao", 0 },
    { "km", "khm", 5 },
    { "my", "mya", 6 },
    { "fil", "tgl", 7 },
    { "ta", "tam", 8 },
    { "ar", "arb", 11 },
    { "ru", "rus", 10 },
    { "ja", "jpn", 0 },
    { "ko", "kor", 0 },
    { "fr", "fra", 9 },
    { "pt", "por_PT", 12 },
};

enum { ROW,
       FRAGMENT,
       WORD,
       SCATTERED,
       TOGETHER,
       VARIANT,
       KINDS };
static const struct {
    const char *name;
    double      least;
} kinds[KINDS] = {
    { "words in a row", 0.99 },
    { "cut fragment", 0.99 },
    { "one telling word", 0.99 },
    { "three scattered", 0.99 },
    { "run together", 0.97 },
    { "variants", 0.97 },
};
#define LEAST_ANY 0.93

typedef struct {
    int       lang;
    Str       text;
    char     *lower;
    Str      *words;
    size_t    word_n;
    uint32_t *starts; /* byte offset of each word in text */
} Doc;

typedef struct {
    Doc   *at;
    size_t n;
} Docs;
typedef struct {
    int      lang, kind;
    uint32_t doc;
    Str      text;
} Query;
typedef struct {
    Query *at;
    size_t n, room;
} Queries;

static uint64_t seed = 20260101;
static uint32_t pick(uint32_t below)
{
    seed += 0x9E3779B97F4A7C15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * below >> 32);
}

static const char *shared(Arena *a, const char *name)
{
    const char *root = getenv("BANYAN_SHARED");
    return str_format(a, "%s/data/text/%s", root ? root : "../shared", name).at;
}

static Str output_of(Arena *a, const char *command)
{
    FILE *pipe = popen(command, "r");
    Buf  *all = buf_open(a);
    char  part[65536];
    for (size_t n; pipe && (n = fread(part, 1, sizeof part, pipe)) > 0;) buf_put_bytes(all, part, n);
    if (pipe) pclose(pipe);
    return buf_str(all);
}

static void doc_put(Arena *a, Docs *docs, int lang, Str text)
{
    static size_t room;
    if (docs->n == 0) room = 0;
    if (docs->n == room) {
        room = room ? room * 2 : 1024;
        docs->at = realloc(docs->at, room * sizeof(Doc));
    }
    docs->at[docs->n++] = (Doc){ .lang = lang, .text = str_copy(a, str_trim(text)) };
}

/* The paragraphs of each article, one a line. */
static void udhr_read(Arena *a, Docs *docs)
{
    for (int l = 0; l < DOC_LANGS; l++) {
        Str xml = output_of(
            a,
            str_format(a, "tar -xzOf '%s' udhr_%s.xml", shared(a, "udhr-18-languages.tar.gz"), languages[l].file).at);
        for (long at; (at = str_find(xml, S("<article"))) >= 0;) {
            xml = str_drop(xml, (size_t)at + 8);
            long end = str_find(xml, S("</article>"));
            Str  article = str_take_first(xml, end < 0 ? xml.len : (size_t)end);
            Buf *text = buf_open(a);
            for (long p; (p = str_find(article, S("<para>"))) >= 0;) {
                article = str_drop(article, (size_t)p + 6);
                long stop = str_find(article, S("</para>"));
                buf_put(text, str_take_first(article, stop < 0 ? 0 : (size_t)stop));
                buf_put_byte(text, '\n');
            }
            doc_put(a, docs, l, buf_str(text));
        }
    }
}

static void tico_read(Arena *a, Docs *docs)
{
    Str rows = output_of(a, str_format(a, "gzip -dc '%s'", shared(a, "tico19-parallel.tsv.gz")).at);
    rows = str_cut(rows, '\n').tail;
    while (rows.len) {
        Cut row = str_cut(rows, '\n');
        rows = row.tail;
        Str cells[13] = { 0 };
        Cut cell = { .tail = row.head };
        for (int c = 0; c < 13; c++) cell = str_cut(cell.tail, '\t'), cells[c] = cell.head;
        for (int l = 0; l < DOC_LANGS; l++)
            if (languages[l].column && str_trim(cells[languages[l].column]).len)
                doc_put(a, docs, l, cells[languages[l].column]);
    }
}

static UChar *wide_of(Arena *a, Str s, int32_t *n)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar     *wide = arena_new_array(a, s.len + 1, sizeof(UChar));
    u_strFromUTF8WithSub(wide, (int32_t)s.len + 1, n, s.at, (int32_t)s.len, 0xFFFD, NULL, &status);
    return wide;
}

static Str narrow_of(Arena *a, const UChar *wide, int32_t n)
{
    UErrorCode status = U_ZERO_ERROR;
    char      *s = arena_new(a, (size_t)n * 3 + 1);
    int32_t    len;
    u_strToUTF8(s, n * 3 + 1, &len, wide, n, &status);
    return (Str){ s, (size_t)len };
}

static Str lower_of(Arena *a, Str s)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *low = arena_new_array(a, (size_t)n * 3 + 1, sizeof(UChar));
    n = u_strFoldCase(low, n * 3, wide, n, U_FOLD_CASE_DEFAULT, &status);
    return narrow_of(a, low, n);
}

static size_t characters(Str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((uint8_t)s.at[i] & 0xC0) != 0x80;
    return n;
}

static void words_cut(Arena *a, Doc *d)
{
    UErrorCode      status = U_ZERO_ERROR;
    UText           view = UTEXT_INITIALIZER;
    UBreakIterator *words = ubrk_open(UBRK_WORD, languages[d->lang].lang, NULL, 0, &status);
    utext_openUTF8(&view, d->text.at, (int64_t)d->text.len, &status);
    ubrk_setUText(words, &view, &status);
    d->words = arena_new_array(a, d->text.len + 1, sizeof(Str));
    d->starts = arena_new_array(a, d->text.len + 1, sizeof(uint32_t));
    for (int32_t from = ubrk_first(words), to; (to = ubrk_next(words)) != UBRK_DONE; from = to) {
        if (ubrk_getRuleStatus(words) < UBRK_WORD_NUMBER) continue;
        d->starts[d->word_n] = (uint32_t)from;
        d->words[d->word_n++] = (Str){ d->text.at + from, (size_t)(to - from) };
    }
    ubrk_close(words);
    utext_close(&view);
    d->lower = (char *)str_z(a, lower_of(a, d->text));
}

/* In how many documents each word occurs, over all languages. */
typedef struct {
    Str      word;
    uint32_t count, last;
} Count;
typedef struct {
    Count *at;
    size_t room;
} Counts;

static Count *count_of(const Counts *c, Str word)
{
    size_t i = str_hash(word) & (c->room - 1);
    while (c->at[i].word.len && !str_eq(c->at[i].word, word)) i = (i + 1) & (c->room - 1);
    return &c->at[i];
}

static Counts words_count(Arena *a, const Docs *docs)
{
    Counts c = { .room = 1 << 20 };
    c.at = arena_new_array(a, c.room, sizeof(Count));
    for (uint32_t d = 0; d < docs->n; d++)
        for (size_t w = 0; w < docs->at[d].word_n; w++) {
            Str    word = lower_of(a, docs->at[d].words[w]);
            Count *count = count_of(&c, word);
            if (count->last == d + 1) continue;
            *count = (Count){ word, count->count + 1, d + 1 };
        }
    return c;
}

/* Documents of one language that have every one of the words. */
static size_t answers(Arena *a, const Docs *docs, int lang, const Str *words, size_t n)
{
    const char *low[3];
    size_t      found = 0;
    for (size_t i = 0; i < n; i++) low[i] = str_z(a, lower_of(a, words[i]));
    for (size_t d = 0; d < docs->n; d++) {
        if (docs->at[d].lang != lang) continue;
        bool all = true;
        for (size_t i = 0; all && i < n; i++) all = strstr(docs->at[d].lower, low[i]) != NULL;
        found += all;
    }
    return found;
}

static void query_put(Arena *a, Queries *q, int lang, int kind, uint32_t doc, Str text)
{
    if (q->n == q->room) {
        q->room = q->room ? q->room * 2 : 4096;
        q->at = realloc(q->at, q->room * sizeof(Query));
    }
    q->at[q->n++] = (Query){ lang, kind, doc, str_copy(a, text) };
}

static bool is_dense(int lang) /* a character says as much as a syllable */
{
    return !strcmp(languages[lang].lang, "zh") || !strcmp(languages[lang].lang, "ja") ||
           !strcmp(languages[lang].lang, "ko");
}

static Str row_make(const Doc *d)
{
    size_t n = 3 + pick(4);
    if (d->word_n < 3) return STR_NONE;
    if (n > d->word_n) n = d->word_n;
    size_t first = pick((uint32_t)(d->word_n - n + 1));
    size_t from = d->starts[first], to = d->starts[first + n - 1] + d->words[first + n - 1].len;
    return (Str){ d->text.at + from, to - from };
}

static Str fragment_make(const Doc *d)
{
    size_t all = characters(d->text), want = is_dense(d->lang) ? 6 + pick(8) : 12 + pick(14);
    if (all < want) return STR_NONE;
    size_t skip = pick((uint32_t)(all - want + 1)), from = 0, to;
    for (; skip; skip--) U8_FWD_1(d->text.at, from, d->text.len);
    for (to = from; want; want--) U8_FWD_1(d->text.at, to, d->text.len);
    return str_trim((Str){ d->text.at + from, to - from });
}

static bool is_telling_length(int lang, Str word)
{
    return characters(word) >= (is_dense(lang) ? 2 : 4);
}

static Str telling_make(Arena *a, const Doc *d, const Counts *counts)
{
    for (int turn = 0; turn < 20 && d->word_n; turn++) {
        Str word = d->words[pick((uint32_t)d->word_n)];
        if (is_telling_length(d->lang, word) && count_of(counts, lower_of(a, word))->count <= 3) return word;
    }
    return STR_NONE;
}

static bool scattered_make(const Doc *d, Str out[3])
{
    for (int turn = 0; turn < 20 && d->word_n >= 3; turn++) {
        size_t w[3];
        bool   ok = true;
        for (int i = 0; i < 3; i++) {
            w[i] = pick((uint32_t)d->word_n);
            out[i] = d->words[w[i]];
            ok = ok && is_telling_length(d->lang, out[i]);
            for (int k = 0; k < i; k++) ok = ok && !str_eq(out[i], out[k]) && w[i] + 1 != w[k] && w[k] + 1 != w[i];
        }
        if (ok) return true;
    }
    return false;
}

static Str normalized(Arena *a, Str s, const UNormalizer2 *how)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *to = arena_new_array(a, (size_t)n * 4 + 1, sizeof(UChar));
    n = unorm2_normalize(how, wide, n, to, n * 4, &status);
    return narrow_of(a, to, n);
}

static Str without_accents(Arena *a, Str s, int lang)
{
    UErrorCode               status = U_ZERO_ERROR;
    bool                     tones_only = !strcmp(languages[lang].lang, "th") || !strcmp(languages[lang].lang, "lo");
    static const char *const accented[] = { "th", "lo", "vi", "fr", "pt", "ru", "ar", "en", "id", "ms", "fil" };
    bool                     has = false;
    for (size_t i = 0; i < sizeof accented / sizeof *accented; i++)
        has = has || !strcmp(accented[i], languages[lang].lang);
    if (!has) return s;
    Str  apart = tones_only ? s : normalized(a, s, unorm2_getNFDInstance(&status));
    Buf *out = buf_open(a);
    for (size_t i = 0; i < apart.len;) {
        size_t  from = i;
        UChar32 c;
        U8_NEXT((const uint8_t *)apart.at, i, apart.len, c);
        bool tone = (c >= 0xE48 && c <= 0xE4B) || (c >= 0xEC8 && c <= 0xECB);
        if (tones_only ? tone : u_charType(c) == U_NON_SPACING_MARK) continue;
        buf_put(out, (Str){ apart.at + from, i - from });
    }
    return normalized(a, buf_str(out), unorm2_getNFCInstance(&status));
}

static Str transliterated(Arena *a, Str s, const char *id)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar      name[64];
    int32_t    n, end;
    u_uastrcpy(name, id);
    UTransliterator *t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    UChar           *wide = wide_of(a, s, &n), *to = arena_new_array(a, (size_t)n * 4 + 16, sizeof(UChar));
    memcpy(to, wide, (size_t)n * sizeof(UChar));
    end = n;
    utrans_transUChars(t, to, &n, n * 4 + 16, 0, &end, &status);
    utrans_close(t);
    return narrow_of(a, to, n);
}

static Str with_zero_width(Arena *a, Str s)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        U8_FWD_1(s.at, i, s.len);
        buf_put(out, (Str){ s.at + from, i - from });
        if (i < s.len && pick(4) == 0) buf_put_z(out, "\xE2\x80\x8B");
    }
    return buf_str(out);
}

static Str upper_of(Arena *a, Str s)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t    n;
    UChar     *wide = wide_of(a, s, &n), *up = arena_new_array(a, (size_t)n * 3 + 1, sizeof(UChar));
    n = u_strToUpper(up, n * 3, wide, n, "", &status);
    return narrow_of(a, up, n);
}

static void variants_put(Arena *a, Queries *q, const Doc *d, uint32_t doc, Str s)
{
    UErrorCode  status = U_ZERO_ERROR;
    const char *lang = languages[d->lang].lang;
    Str         forms[] = { normalized(a, s, unorm2_getNFDInstance(&status)),
                            upper_of(a, s),
                            without_accents(a, s, d->lang),
                            transliterated(a, s, is_dense(d->lang) ? "Fullwidth-Halfwidth" : "Halfwidth-Fullwidth"),
                            with_zero_width(a, s),
                    strcmp(lang, "zh") ? s : transliterated(a, s, "Simplified-Traditional") };
    size_t      usable[6], n = 0;
    for (size_t i = 0; i < 6; i++)
        if (!str_eq(forms[i], s)) usable[n++] = i;
    if (n) query_put(a, q, d->lang, VARIANT, doc, forms[usable[pick((uint32_t)n)]]);
}

static void queries_make(Arena *a, const Docs *docs, size_t per_language, Queries *out)
{
    Counts    counts = words_count(a, docs);
    uint32_t *of_lang = malloc(docs->n * sizeof *of_lang);
    for (int l = 0; l < DOC_LANGS; l++) {
        uint32_t n = 0;
        for (uint32_t d = 0; d < docs->n; d++)
            if (docs->at[d].lang == l) of_lang[n++] = d;
        size_t made[KINDS] = { 0 };
        for (size_t turn = 0; n && turn < per_language * 8; turn++) {
            uint32_t   doc = of_lang[pick(n)];
            const Doc *d = &docs->at[doc];
            Str        row = row_make(d), fragment = fragment_make(d), word = telling_make(a, d, &counts), three[3];
            if (row.len && made[ROW] < per_language && answers(a, docs, l, &row, 1) <= ANSWERS) {
                query_put(a, out, l, ROW, doc, row);
                made[ROW]++;
            }
            if (fragment.len && made[FRAGMENT] < per_language && answers(a, docs, l, &fragment, 1) <= ANSWERS) {
                query_put(a, out, l, FRAGMENT, doc, fragment);
                made[FRAGMENT]++;
            }
            if (word.len && made[WORD] < per_language) {
                query_put(a, out, l, WORD, doc, word);
                made[WORD]++;
            }
            if (made[SCATTERED] < per_language && scattered_make(d, three) &&
                answers(a, docs, l, three, 3) <= ANSWERS) {
                query_put(a, out, l, SCATTERED, doc, str_join_with(a, S(" "), three, 3));
                query_put(a, out, l, TOGETHER, doc, str_join(a, three, 3));
                made[SCATTERED]++;
            }
            row = row_make(d);
            if (row.len && made[VARIANT] < per_language && answers(a, docs, l, &row, 1) <= ANSWERS) {
                size_t before = out->n;
                variants_put(a, out, d, doc, row);
                made[VARIANT] += out->n - before;
            }
        }
    }
    free(of_lang);
}

typedef struct Engine Engine;
struct Engine {
    const char *name;
    size_t (*ask)(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS]);
    Search  *search;
    sqlite3 *db;
    bool     pairs, trigrams;
    double   seconds;
};

static size_t ask_banyan(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS])
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
static size_t ask_fts(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS])
{
    if (e->pairs) q = pairs_of(a, q);
    size_t n = fts_match(e, words_quoted(a, q, " "), faces);
    if (!n) n = fts_match(e, e->trigrams ? trigrams_of(a, q) : words_quoted(a, q, " OR "), faces);
    return n;
}

static sqlite3 *fts_open(Arena *a, const Docs *docs, const char *tokenizer, bool pairs)
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

static Search *banyan_open(Arena *a, const Docs *docs, const char **path)
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

typedef struct {
    size_t asked[KINDS][DOC_LANGS + 1], found[KINDS][DOC_LANGS + 1];
} Score;

static void engine_measure(Engine *e, const Queries *queries, Score *score, bool show)
{
    Arena          *a = arena_open(0);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < queries->n; i++) {
        const Query *q = &queries->at[i];
        uint32_t     faces[ANSWERS];
        arena_reset(a);
        size_t n = e->ask(e, a, q->text, faces), found = 0;
        for (size_t k = 0; k < n; k++) found += faces[k] == q->doc;
        score->asked[q->kind][q->lang]++;
        score->asked[q->kind][DOC_LANGS]++;
        score->found[q->kind][q->lang] += found;
        score->found[q->kind][DOC_LANGS] += found;
        if (show && !found)
            fprintf(stderr, "missed %s %s doc %u: %.*s\n", languages[q->lang].lang, kinds[q->kind].name, q->doc,
                    STR_ARG(q->text));
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    e->seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    arena_close(a);
}

static double recall(const Score *s, int kind, int lang)
{
    return s->asked[kind][lang] ? (double)s->found[kind][lang] / (double)s->asked[kind][lang] : 1;
}

static bool score_print(const char *collection, const Engine *e, const Score *s, size_t queries, bool ours)
{
    bool good = true;
    printf("\n%s, %s, recall@%d (%.2f ms a query)\n%-18s  all  ", collection, e->name, ANSWERS,
           e->seconds * 1000 / (double)queries, "");
    for (int l = 0; l < DOC_LANGS; l++) printf("%5s", languages[l].lang);
    printf("\n");
    for (int k = 0; k < KINDS; k++) {
        bool enough = recall(s, k, DOC_LANGS) >= kinds[k].least;
        printf("%-18s %5.3f%c", kinds[k].name, recall(s, k, DOC_LANGS), ours && !enough ? '!' : ' ');
        for (int l = 0; l < DOC_LANGS; l++) {
            if (!s->asked[k][l]) {
                printf("    -");
                continue;
            }
            bool fine = recall(s, k, l) >= LEAST_ANY;
            printf(" %4.0f%s", floor(recall(s, k, l) * 1000) / 10, ours && !fine ? "!" : "");
            enough = enough && fine;
        }
        printf("\n");
        good = good && enough;
    }
    return good || !ours;
}

static Json *score_json(Arena *a, const Score *s)
{
    Json *out = json_object_make(a);
    for (int k = 0; k < KINDS; k++) {
        Json *kind = json_object_make(a);
        json_put_number(kind, "all", recall(s, k, DOC_LANGS));
        for (int l = 0; l < DOC_LANGS; l++)
            if (s->asked[k][l]) json_put_number(kind, languages[l].lang, recall(s, k, l));
        json_put_value(out, kinds[k].name, kind);
    }
    return out;
}

static bool collection_measure(Arena *a, const char *name, Docs docs, size_t per_language, bool baselines, Json *report)
{
    if (!docs.n) {
        printf("SKIPPED %s: its data are not there\n", name);
        return true;
    }
    for (size_t d = 0; d < docs.n; d++) words_cut(a, &docs.at[d]);
    Queries queries = { 0 };
    queries_make(a, &docs, per_language, &queries);
    printf("\n%s: %zu documents, %zu queries\n", name, docs.n, queries.n);
    const char *folder;
    Engine      engines[] = {
             { .name = "Banyan", .ask = ask_banyan, .search = banyan_open(a, &docs, &folder) },
             { .name = "FTS5 unicode61", .ask = ask_fts },
             { .name = "FTS5 trigram", .ask = ask_fts, .trigrams = true },
             { .name = "2-gram index", .ask = ask_fts, .pairs = true },
    };
    bool  good = true;
    Json *out = json_object_make(a);
    for (size_t i = 0; i < (baselines ? 4 : 1); i++) {
        Engine *e = &engines[i];
        Score   score = { 0 };
        if (i) e->db = fts_open(a, &docs, e->trigrams ? "trigram" : "unicode61", e->pairs);
        engine_measure(e, &queries, &score, i == 0 && getenv("SHOW_MISSED"));
        good = score_print(name, e, &score, queries.n, i == 0) && good;
        json_put_value(out, e->name, score_json(a, &score));
        sqlite3_close(e->db);
        search_close(e->search);
    }
    output_of(a, str_format(a, "rm -r '%s'", folder).at);
    json_put_value(report, name, out);
    free(queries.at);
    free(docs.at);
    return good;
}

int main(int argc, char **argv)
{
    Arena *a = arena_open((size_t)8 << 30);
    Err    err = { 0 };
    Docs   udhr = { 0 }, tico = { 0 };
    bool   baselines = !getenv("NO_BASELINES");
    udhr_read(a, &udhr);
    tico_read(a, &tico);
    Json *report = json_object_make(a);
    bool  good = collection_measure(a, "UDHR articles", udhr, 90, baselines, report);
    good = collection_measure(a, "TICO-19 sentences", tico, 150, baselines, report) && good;
    const char *path = argc > 1 ? argv[1] : "build/bench/search-quality.json";
    Str         text = json_write_pretty(a, report);
    FILE       *file = fopen(path, "w");
    if (!file || fwrite(text.at, 1, text.len, file) != text.len || fclose(file) != 0) {
        fail_errno(&err, "writing %s", path);
        fprintf(stderr, "%s\n", err.text);
        good = false;
    }
    printf("\n%s\n", good ? "Every threshold is reached." : "A threshold is missed (!).");
    arena_close(a);
    return good ? 0 : 1;
}
