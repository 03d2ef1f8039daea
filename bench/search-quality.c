/* How often search finds the document that a query was made from, among the first five answers.

   Documents are the articles of the Universal Declaration of Human Rights in 17 languages, then the
   sentences of TICO-19 in 12, each collection whole in one index. Queries of six kinds are cut from
   the documents by ICU's rules for each language and a fixed seed; a query that more than five
   documents of its language could answer is not asked. Next to Banyan, in the same run: SQLite's FTS5
   with its unicode61 and trigram tokenizers, and FTS5 over overlapping pairs of characters.

   Prints a table, writes JSON (first argument, else build/bench/search-quality.json), exits 1 when a
   threshold is missed. Reads data/text below $BANYAN_SHARED or ../shared. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "quality/quality.h"

const Language languages[DOC_LANGS] = {
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
