/* How well the words that search indexes agree with those of people: F1 over words of Universal
   Dependencies treebanks, a word being right when both its ends are. Punctuation does not count. For
   the reader only, no threshold: treebanks differ in what they call a word (Vietnamese joins syllables
   across spaces, search does not).

   Prints a table, writes JSON (first argument, else build/bench/search-words.json). Reads data/text/ud
   below $BANYAN_SHARED or ../shared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "text/segment.h"

typedef struct {
    size_t gold, ours, both;
} Agreement;

/* Bit 1 at units that start a gold word, bit 2 at units behind which one ends. */
typedef struct {
    Str      text;
    Folded   f;
    uint8_t *gold;
    size_t   at; /* byte behind the last token */
} Sentence;

static void sentence_start(Arena *a, Sentence *s, Str text)
{
    *s = (Sentence){ .text = str_copy(a, text) };
    s->f = fold_make(a, s->text);
    segment_words(a, &s->f, s->text);
    s->gold = arena_new(a, s->f.n + 1);
}

static void token_put(Sentence *s, Str form)
{
    long at = str_find(str_drop(s->text, s->at), form);
    if (at < 0) return;
    size_t from = s->at + (size_t)at, to = from + form.len, first = SIZE_MAX, last = 0;
    s->at = to;
    for (size_t i = 0; i < s->f.n; i++) {
        if (s->f.from[i] < from || s->f.from[i] >= to) continue;
        if (first == SIZE_MAX) first = i;
        last = i;
    }
    if (first == SIZE_MAX) return;
    s->gold[first] |= 1;
    s->gold[last] |= 2;
}

static bool ours_starts(const Sentence *s, size_t i)
{
    return i == s->f.n || (s->f.at[i] & UNIT_WORD);
}

static void sentence_count(const Sentence *s, Agreement *sum)
{
    for (size_t i = 0; i < s->f.n; i++) {
        size_t ours_end = i + 1, gold_end = i;
        while (!ours_starts(s, ours_end)) ours_end++;
        while (gold_end < s->f.n && !(s->gold[gold_end] & 2)) gold_end++;
        bool ours = ours_starts(s, i), gold = s->gold[i] & 1;
        sum->ours += ours;
        sum->gold += gold;
        sum->both += ours && gold && ours_end == gold_end + 1;
    }
}

static Agreement treebank_read(Str rows)
{
    Arena    *a = arena_open((size_t)1 << 30);
    Agreement sum = { 0 };
    Sentence  s = { 0 };
    long      joined_to = 0;
    while (rows.len) {
        Cut row = str_cut(rows, '\n');
        rows = row.tail;
        if (str_starts(row.head, S("# text = "))) {
            sentence_start(a, &s, str_drop(row.head, 9));
            joined_to = 0;
        }
        if (!row.head.len && s.f.n) {
            sentence_count(&s, &sum);
            s.f.n = 0;
            arena_reset(a);
        }
        if (!row.head.len || row.head.at[0] == '#' || !s.f.n) continue;
        Cut  number = str_cut(row.head, '\t'), form = str_cut(number.tail, '\t'), range = str_cut(number.head, '-');
        long n = atol(number.head.at);
        if (str_has(number.head, S(".")) || (!range.found && n <= joined_to)) continue;
        if (range.found) joined_to = atol(range.tail.at);
        token_put(&s, form.head);
    }
    arena_close(a);
    return sum;
}

static Str unpacked(Arena *a, const char *path)
{
    FILE *pipe = popen(str_format(a, "gzip -dc '%s'", path).at, "r");
    Buf  *all = buf_open(a);
    char  part[65536];
    for (size_t n; pipe && (n = fread(part, 1, sizeof part, pipe)) > 0;) buf_put_bytes(all, part, n);
    if (pipe) pclose(pipe);
    return buf_str(all);
}

int main(int argc, char **argv)
{
    Arena      *a = arena_open((size_t)1 << 30);
    const char *root = getenv("BANYAN_SHARED");
    Str         folder = str_format(a, "%s/data/text/ud", root ? root : "../shared"), *names;
    size_t      n;
    Err         err;
    if (!folder_list(a, folder.at, &names, &n, &err)) {
        printf("SKIPPED words of treebanks: %s\n", err.text);
        return 0;
    }
    Json *report = json_object_make(a);
    printf("%-28s %9s %9s %9s %9s\n", "treebank", "words", "recall", "precision", "F1");
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".conllu.gz"))) continue;
        Agreement g = treebank_read(unpacked(a, path_join(a, folder, names[i]).at));
        double    recall = (double)g.both / (double)g.gold, precision = (double)g.both / (double)g.ours;
        Str       name = str_take_first(names[i], names[i].len - 10);
        double    f1 = 2 * recall * precision / (recall + precision);
        printf("%-28.*s %9zu %9.3f %9.3f %9.3f\n", STR_ARG(name), g.gold, recall, precision, f1);
        json_put_number(report, str_z(a, name), f1);
    }
    bool ok =
        file_replace(argc > 1 ? argv[1] : "build/bench/search-words.json", json_write_pretty(a, report), 0644, &err);
    if (!ok) fprintf(stderr, "%s\n", err.text);
    arena_close(a);
    return ok ? 0 : 1;
}
