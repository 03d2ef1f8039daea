#include "data/heading.h"

#include <pthread.h>

#include "text/fold.h"

static const struct {
    HeadingMeaning meaning;
    const char    *words;
} lists[] = {
#define HEADING(meaning, words) { HEADING_##meaning, words },
#include "data/heading_words.def"
#undef HEADING
};
#define LISTS     (sizeof lists / sizeof *lists)
#define LATIN_END 0x250 /* code points */
#define CHINESE   0x2E80

/* A word as its letters and their marks, without case and gaps. */
typedef struct {
    HeadingMeaning meaning;
    Unit          *units;
    size_t         n;
} Word;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Word          *words;
static size_t         word_count;

static size_t letters(Arena *a, Str text, Unit **out)
{
    Folded f = fold_make(a, text);
    *out = f.at;
    for (size_t i = 0; i < f.n; i++) {
        Unit base = UNIT_BASE(f.at[i]);
        /* A traditional character is marked as such. */
        f.at[i] = base >= CHINESE ? base : f.at[i] & ~(UNIT_UPPER | UNIT_WORD | UNIT_GAP | UNIT_FIELD);
    }
    return f.n;
}

static void read_words(void)
{
    static Arena *kept; /* as long as the process */
    size_t        most = 0;
    kept = arena_open(0);
    for (size_t i = 0; i < LISTS; i++)
        for (const char *c = lists[i].words; *c; c++) most += *c == '|';
    words = NEW_ARRAY(kept, Word, most + LISTS);
    for (size_t i = 0; i < LISTS; i++)
        for (Str rest = str_of(lists[i].words); rest.len;) {
            Cut   cut = str_cut(rest, '|');
            Word *word = &words[word_count++];
            word->meaning = lists[i].meaning;
            word->n = letters(kept, cut.head, &word->units);
            rest = cut.tail;
        }
}

static uint32_t meanings_of(const Unit *units, size_t n)
{
    uint32_t found = 0;
    for (size_t i = 0; i < word_count; i++) {
        const Word *word = &words[i];
        size_t      k = 0;
        if (word->n != n || !n) continue;
        while (k < n && word->units[k] == units[k]) k++;
        if (k == n) found |= (uint32_t)1 << word->meaning;
    }
    return found;
}

/* "สถานี Station": what the Latin letters mean and the others as well. */
static uint32_t meanings_of_two(Arena *a, const Unit *units, size_t n)
{
    Unit  *latin = NEW_ARRAY(a, Unit, n + 1), *other = NEW_ARRAY(a, Unit, n + 1);
    size_t latin_count = 0, other_count = 0;
    for (size_t i = 0; i < n; i++) {
        if (UNIT_BASE(units[i]) < LATIN_END) latin[latin_count++] = units[i];
        else other[other_count++] = units[i];
    }
    return meanings_of(latin, latin_count) & meanings_of(other, other_count);
}

static uint32_t meanings(Arena *a, Str heading)
{
    Unit  *units;
    size_t n = letters(a, heading, &units);
    return meanings_of(units, n) | meanings_of_two(a, units, n);
}

/* The heading before a bracket at its end; all of it without one. */
static Str without_remark(Str heading)
{
    static const Str brackets[][2] = { { S_INIT("("), S_INIT(")") },
                                       { S_INIT("["), S_INIT("]") },
                                       { S_INIT("（"), S_INIT("）") } };
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        long at = str_find(heading, brackets[i][0]);
        if (at > 0 && str_ends(heading, brackets[i][1])) return str_trim(str_take_first(heading, (size_t)at));
    }
    return heading;
}

uint32_t heading_meanings(Str heading)
{
    pthread_once(&once, read_words);
    Arena   *a = arena_open(0);
    Cut      label = str_cut(heading, ':');
    Str      said = str_trim(label.found && str_starts(label.tail, S(" ")) ? label.head : heading);
    Str      bare = without_remark(said);
    Cut      slash = str_cut(bare, '/');
    uint32_t found = meanings(a, said) | meanings(a, bare);
    if (slash.found) found |= meanings(a, slash.head) & meanings(a, slash.tail);
    arena_close(a);
    return found;
}
