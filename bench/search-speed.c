/* What search costs: N documents of about 1 KB (default 100,000) of made-up words by Zipf's law, most in
   an alphabet, a tenth each in Chinese characters and in Thai letters without spaces.

   search-speed [N [CLIENTS [JSON]]]   prints a table, writes JSON (build/bench/search-speed.json), and
   exits 1 when the 99th percentile over all questions is 10 ms or more. */
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "core/search.h"

#define VOCABULARY   60000
#define P99_LIMIT_MS 10.0

enum { LETTERS,
       CHARACTERS,
       UNSPACED,
       SCRIPTS };
static char *words[SCRIPTS][VOCABULARY];

static uint64_t next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint32_t pick(uint64_t *seed, uint32_t below)
{
    return (uint32_t)((next(seed) >> 32) * below >> 32);
}

/* Rank by Zipf's law with exponent near 1. */
static uint32_t rank_pick(uint64_t *seed)
{
    double u = (double)(next(seed) >> 11) / 9007199254740992.0;
    return (uint32_t)(pow(VOCABULARY, u) - 1) % VOCABULARY;
}

static void character_put(Buf *out, uint32_t c)
{
    buf_put_byte(out, (char)(0xE0 | c >> 12));
    buf_put_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
    buf_put_byte(out, (char)(0x80 | (c & 0x3F)));
}

static void words_make(Arena *a)
{
    static const char *const starts[] = { "b", "d", "f", "g", "k", "l", "m", "n", "p",
                                          "r", "s", "t", "v", "st", "tr", "pr", "" };
    static const char *const middles[] = { "a", "e", "i", "o", "u", "ai", "ou" };
    static const char *const ends[] = { "", "", "n", "r", "s", "t", "l" };
    uint64_t                 seed = 7;
    Buf                     *letters = buf_open(a), *characters = buf_open(a), *unspaced = buf_open(a);
    for (int i = 0; i < VOCABULARY; i++) {
        buf_clear(letters);
        buf_clear(characters);
        buf_clear(unspaced);
        int syllables = 1 + (int)(log2(i + 2) / 5) + (int)pick(&seed, 2);
        for (int k = 0; k < syllables; k++)
            buf_putf(letters, "%s%s%s", starts[pick(&seed, 17)], middles[pick(&seed, 7)], ends[pick(&seed, 7)]);
        for (uint32_t k = 0; k < 1 + pick(&seed, 2); k++)
            character_put(characters, 0x4E00 + pick(&seed, 1 + (uint32_t)fmin(i + 50, 3500)));
        for (int k = 0; k < syllables; k++) {
            character_put(unspaced, 0x0E01 + pick(&seed, 44));
            if (pick(&seed, 2)) character_put(unspaced, 0x0E34 + pick(&seed, 5));
            if (pick(&seed, 3) == 0) character_put(unspaced, 0x0E48 + pick(&seed, 2));
            character_put(unspaced, 0x0E01 + pick(&seed, 44));
        }
        words[LETTERS][i] = (char *)str_z(a, buf_str(letters));
        words[CHARACTERS][i] = (char *)str_z(a, buf_str(characters));
        words[UNSPACED][i] = (char *)str_z(a, buf_str(unspaced));
    }
}

static int doc_script(uint32_t n)
{
    return n % 10 == 3 ? CHARACTERS : n % 10 == 7 ? UNSPACED
                                                  : LETTERS;
}

static void doc_write(uint32_t n, size_t bytes, Buf *out)
{
    uint64_t seed = n * 1000003u + 1;
    int      script = doc_script(n);
    while (out->len < bytes) {
        buf_put_z(out, words[script][rank_pick(&seed)]);
        if (script == LETTERS || pick(&seed, 12) == 0) buf_put_byte(out, ' ');
    }
}

static void doc_make(uint32_t n, SearchText texts[2], Buf buf[2])
{
    buf_clear(&buf[0]);
    buf_clear(&buf[1]);
    doc_write(n, 50, &buf[0]);
    buf_put_z(&buf[0], " ");
    doc_write(n + 7919u * 10, 950, &buf[1]);
    texts[0] = (SearchText){ buf_str(&buf[0]), STR_NONE, 10 };
    texts[1] = (SearchText){ buf_str(&buf[1]), STR_NONE, 1 };
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long resident_kb(void)
{
    long  pages = 0, skip;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld %ld", &skip, &pages) != 2) pages = 0;
    if (f) fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void stop(const Err *err)
{
    fprintf(stderr, "search-speed: %s\n", err->text);
    exit(2);
}

enum { COMMON,
       COMMON_THREE,
       RARE,
       IN_A_ROW,
       FRAGMENT,
       TOGETHER,
       CHINESE,
       THAI,
       NOTHING,
       QUESTIONS };
static const char *const question_names[QUESTIONS] = {
    "one common word",
    "three common words",
    "one rare word",
    "words in a row",
    "cut fragment",
    "three run together",
    "Chinese row",
    "Thai row",
    "not there",
};

static Str piece_of(Arena *a, Str text, uint64_t *seed, size_t bytes, bool at_space)
{
    size_t from = pick(seed, (uint32_t)(text.len > bytes ? text.len - bytes : 1));
    while (from && at_space && text.at[from - 1] != ' ') from--;
    size_t to = from + bytes < text.len ? from + bytes : text.len;
    while (from < to && ((uint8_t)text.at[from] & 0xC0) == 0x80) from++;
    while (to < text.len && (at_space ? text.at[to] != ' ' : ((uint8_t)text.at[to] & 0xC0) == 0x80)) to++;
    return str_copy(a, (Str){ text.at + from, to - from });
}

static Str question_make(Arena *a, int what, uint32_t docs, uint64_t *seed)
{
    Buf      buf = { 0 };
    uint32_t doc = pick(seed, docs) / 10 * 10;
    doc += what == CHINESE ? 3 : what == THAI ? 7
                                              : pick(seed, 3);
    doc_write(doc + 7919u * 10, 950, &buf);
    Str    text = buf_str(&buf), out = STR_NONE;
    char **w = words[LETTERS];
    switch (what) {
    case COMMON: out = str_of(w[pick(seed, 20)]); break;
    case COMMON_THREE: out = str_format(a, "%s %s %s", w[pick(seed, 30)], w[pick(seed, 30)], w[pick(seed, 100)]); break;
    case RARE: out = str_of(w[VOCABULARY / 2 + pick(seed, VOCABULARY / 2)]); break;
    case IN_A_ROW: out = piece_of(a, text, seed, 30, true); break;
    case FRAGMENT: out = piece_of(a, text, seed, 20, false); break;
    case TOGETHER:
        out = str_format(a, "%s%s%s", w[500 + pick(seed, 5000)], w[500 + pick(seed, 5000)], w[500 + pick(seed, 5000)]);
        break;
    case CHINESE: out = piece_of(a, text, seed, 24, false); break;
    case THAI: out = piece_of(a, text, seed, 45, false); break;
    default: out = str_format(a, "qx%uzz", pick(seed, 1000)); break;
    }
    out = str_copy(a, out);
    buf_free(&buf);
    return out;
}

typedef struct {
    Search  *s;
    uint32_t docs;
    uint64_t seed;
    int      only; /* one sort of question, or -1 */
    size_t   n;
    double  *ms, *cpu_ms; /* n of each */
} Client;

static void *client_run(void *p)
{
    Client *c = p;
    Arena  *a = arena_open(0), *made = arena_open((size_t)1 << 30);
    Str    *questions = NEW_ARRAY(made, Str, c->n);
    for (size_t i = 0; i < c->n; i++)
        questions[i] = question_make(made, c->only >= 0 ? c->only : (int)(i % QUESTIONS), c->docs, &c->seed);
    for (size_t i = 0; i < c->n; i++) {
        Err    err;
        Hits   hits;
        double from = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
        if (!search_ask(c->s, a, questions[i], STR_NONE, NULL, 20, &hits, &err)) stop(&err);
        c->ms[i] = (now(CLOCK_MONOTONIC) - from) * 1000;
        c->cpu_ms[i] = (now(CLOCK_THREAD_CPUTIME_ID) - cpu) * 1000;
        arena_reset(a);
    }
    arena_close(made);
    arena_close(a);
    return NULL;
}

static int double_order(const void *x, const void *y)
{
    double s = *(const double *)x, t = *(const double *)y;
    return (s > t) - (s < t);
}

static Json *times_print(Arena *a, const char *name, double *ms, double *cpu_ms, size_t n)
{
    qsort(ms, n, sizeof *ms, double_order);
    qsort(cpu_ms, n, sizeof *cpu_ms, double_order);
    double p50 = ms[n / 2], p99 = ms[n * 99 / 100], most = ms[n - 1];
    printf("%-24s %9.3f %9.3f %9.3f %9.3f %9.3f\n", name, p50, p99, most, cpu_ms[n / 2], cpu_ms[n * 99 / 100]);
    Json *row = json_object_make(a);
    json_put_number(row, "p50_ms", p50);
    json_put_number(row, "p99_ms", p99);
    json_put_number(row, "max_ms", most);
    json_put_number(row, "cpu_p50_ms", cpu_ms[n / 2]);
    json_put_number(row, "cpu_p99_ms", cpu_ms[n * 99 / 100]);
    return row;
}

static Json *clients_run(Arena *a, Search *s, uint32_t docs, int clients, int only, size_t each, const char *name)
{
    Client    *c = calloc((size_t)clients, sizeof *c);
    pthread_t *threads = calloc((size_t)clients, sizeof *threads);
    double    *ms = malloc((size_t)clients * each * sizeof *ms), *cpu_ms = malloc((size_t)clients * each * sizeof *ms);
    for (int i = 0; i < clients; i++) {
        c[i] = (Client){ s,
                         docs,
                         (uint64_t)i * 77 + 5 + (uint64_t)(only + 1) * 1000,
                         only,
                         each,
                         ms + (size_t)i * each,
                         cpu_ms + (size_t)i * each };
        pthread_create(&threads[i], NULL, client_run, &c[i]);
    }
    for (int i = 0; i < clients; i++) pthread_join(threads[i], NULL);
    Json *row = times_print(a, name, ms, cpu_ms, (size_t)clients * each);
    free(ms);
    free(cpu_ms);
    free(threads);
    free(c);
    return row;
}

static double folder_megabytes(const char *path, int *files)
{
    double         bytes = 0;
    DIR           *folder = opendir(path);
    struct dirent *entry;
    *files = 0;
    while (folder && (entry = readdir(folder))) {
        char        name[4096];
        struct stat st;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || stat(name, &st) != 0) continue;
        bytes += (double)st.st_size;
        ++*files;
    }
    if (folder) closedir(folder);
    return bytes / 1e6;
}

int main(int argc, char **argv)
{
    uint32_t docs = argc > 1 ? (uint32_t)atoi(argv[1]) : 100000;
    int      clients = argc > 2 ? atoi(argv[2]) : 16;
    Arena   *a = arena_open((size_t)1 << 30), *scratch = arena_open(0);
    Err      err;
    Search  *s;
    char     folder[] = "/tmp/banyan-speed-XXXXXX";
    words_make(a);
    if (!mkdtemp(folder) || !search_open(folder, &s, &err)) stop(&err);

    Buf    buf[2] = { 0 };
    long   resident_before = resident_kb();
    double making = 0, analysing = 0, adding = 0, flushing = 0, longest = 0;
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    double bytes = 0;
    for (uint32_t n = 0; n < docs; n++) {
        SearchText texts[2];
        double     t0 = now(CLOCK_THREAD_CPUTIME_ID);
        doc_make(n, texts, buf);
        bytes += (double)(texts[0].text.len + texts[1].text.len);
        double t1 = now(CLOCK_THREAD_CPUTIME_ID);
        arena_reset(scratch);
        SearchDoc *doc = search_doc_make(scratch, texts, 2);
        double     t2 = now(CLOCK_THREAD_CPUTIME_ID);
        search_add(s, n, doc);
        double t3 = now(CLOCK_THREAD_CPUTIME_ID);
        if ((search_wants_flush(s) || n + 1 == docs) && !search_flush(s, n, &err)) stop(&err);
        double t4 = now(CLOCK_THREAD_CPUTIME_ID);
        making += t1 - t0, analysing += t2 - t1, adding += t3 - t2, flushing += t4 - t3;
        if (t4 - t3 > longest) longest = t4 - t3;
    }
    wall = now(CLOCK_MONOTONIC) - wall;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu - making;
    sleep(docs > 300000 ? 20 : 3); /* let merging end */
    double all_cpu = now(CLOCK_PROCESS_CPUTIME_ID) - making;
    int    files;
    double disk = folder_megabytes(folder, &files);
    printf("%u documents, %.0f bytes each; microseconds a document: analysed %.1f, added %.1f, flushed %.1f,\n"
           "all CPU with merging %.1f; longest flush %.0f ms; %.0f MB on disk in %d files; %ld MB resident for the "
           "index\n\n",
           docs, bytes / docs, analysing / docs * 1e6, adding / docs * 1e6, flushing / docs * 1e6, all_cpu / docs * 1e6,
           longest * 1000, disk, files, (resident_kb() - resident_before) / 1024);

    Json *report = json_object_make(a);
    json_put_number(report, "documents", docs);
    json_put_number(report, "analyse_us", analysing / docs * 1e6);
    json_put_number(report, "cpu_us", all_cpu / docs * 1e6);
    json_put_number(report, "disk_mb", disk);
    printf("%-24s %9s %9s %9s %9s %9s\n", "one client, ms", "median", "p99", "most", "CPU", "CPU p99");
    for (int q = 0; q < QUESTIONS; q++)
        json_put_value(report, question_names[q], clients_run(a, s, docs, 1, q, 300, question_names[q]));
    char name[64];
    snprintf(name, sizeof name, "all, %d clients", clients);
    Json *all = clients_run(a, s, docs, clients, -1, 900, name);
    json_put_value(report, "all", all);
    json_put_number(report, "resident_mb", (double)(resident_kb() - resident_before) / 1024);
    printf("\n%ld MB resident for the index\n", (resident_kb() - resident_before) / 1024);
    search_close(s);
    char       *remove[] = { "rm", "-r", folder, NULL };
    const char *path = argc > 3 ? argv[3] : "build/bench/search-speed.json";
    FILE       *file = fopen(path, "w");
    Str         text = json_write_pretty(a, report);
    if (file) {
        fwrite(text.at, 1, text.len, file);
        fclose(file);
    }
    bool good = json_get_number(all, "p99_ms", 1e9) < P99_LIMIT_MS;
    buf_free(&buf[0]);
    buf_free(&buf[1]);
    arena_close(scratch);
    arena_close(a);
    fflush(stdout);
    if (good) execvp("rm", remove);
    return 1;
}
