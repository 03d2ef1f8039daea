/* A text as search sees it: its terms, under which it is found, and its run of units, by which it is
   ranked. Used by core/search/search.c alone.

   Terms are keys of the index; the first byte says what of:
     TERM_WORD   base letters of a word; of scripts without spaces, of each run of one to three units
     TERM_HEAVY  the same words, in texts that weigh at least HEAVY_WEIGHT (titles)
     TERM_TITLE  the first letters of a text that weighs as much, in a row
     TERM_PARTS  three letters in a row of a word, with ^ before and $ behind it: leads to words
     TERM_FACE   a face's number: leads to its run
     TERM_ALL    alone: all faces of a table
   They sort so that a word comes before its parts, and all faces before everything. */
#ifndef BANYAN_CORE_SEARCH_DOC_H
#define BANYAN_CORE_SEARCH_DOC_H

#include "core/search.h"
#include "text/fold.h"

#define TERM_WORD  'w'
#define TERM_HEAVY 'h'
#define TERM_TITLE 't'
#define TERM_PARTS 'x'
#define TERM_FACE  'f'
#define TERM_ALL   'a'

#define HEAVY_WEIGHT   8
#define WORD_UNITS_MAX 40 /* longer words are found by their first units */
#define TERM_BYTES_MAX (1 + 4 * WORD_UNITS_MAX)
#define DOC_UNITS_MAX  (1 << 20)

struct SearchDoc {
    Str       run;    /* see run_write */
    Str      *terms;  /* each once, words and heavy words */
    uint64_t *hashes; /* str_hash of each */
    size_t    count;
};

/* Units of several texts as bytes: what a letter of English needs is one byte. */
typedef struct {
    Unit    *at;
    uint8_t *weight; /* of the text each is in */
    size_t   n;
} Run;
/* The texts that weigh at least so much, which come first; 0: all. Stops at what run_write did not write. */
Run run_read(Arena *a, Str bytes, uint8_t weight_least);

/* Length in units of the terms of a stretch of SCRIPT_SYLLABLE or SCRIPT_UNSPACED. */
size_t term_units_max(Script script);
/* End of the stretch that starts at unit i: up to a gap or another way to part words. */
size_t stretch_end(const Unit *units, size_t n, size_t i);
/* Key of units, in `key` (TERM_BYTES_MAX). */
Str term_key(char tag, const Unit *units, size_t n, char *key);

/* The keys of TERM_PARTS of a word, each in `keys`; returns how many. */
typedef struct {
    char   at[16];
    size_t len;
} PartKey;
size_t word_parts(Str word, PartKey keys[WORD_UNITS_MAX]);
/* A key of TERM_WORD that is a word of its own, not a stretch of a text without spaces. */
bool term_has_parts(Str term);

#endif
