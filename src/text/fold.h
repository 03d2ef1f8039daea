/* Folding: what is the same to somebody who searches becomes the same number.

   A text becomes a run of units, one a letter or digit. White space, punctuation and symbols are no
   units but gaps between them. A unit holds what always counts (the base letter) apart from what
   counts for exactness only (its marks, its case), so that one comparison serves both:

     width, ligatures, other forms   as NFKC has them (Unicode Standard Annex #15)
     case                            folded; UNIT_UPPER says it was a capital
     accents, tone marks, vowel signs that are nonspacing marks (category Mn): apart from the base, in
                                     any order, composed or not; a hash of them in UNIT_MARKS
     Chinese                         traditional as simplified (ICU), kana as hiragana
     letters with a stroke, hamza, other forms of Arabic letters, digits of every script: as the plain one
     zero-width characters, soft hyphens, tatweel: dropped
     conjoining Hangul               as syllables */
#ifndef BANYAN_TEXT_FOLD_H
#define BANYAN_TEXT_FOLD_H

#include "base/str.h"

typedef uint32_t Unit;
#define UNIT_BASE(u)  ((u)&0x1FFFFF)       /* code point of the folded base letter */
#define UNIT_MARKS(u) (((u) >> 21) & 0x7F) /* hash of its marks; 0: plain */
#define UNIT_UPPER    ((Unit)1 << 28)      /* was a capital */
#define UNIT_WORD     ((Unit)1 << 29)      /* starts a word (set by text/segment.h) */
#define UNIT_GAP      ((Unit)1 << 30)      /* no unit before it, or a gap between */
#define UNIT_FIELD    ((Unit)1 << 31)      /* first of a text (set by whoever joins texts) */

typedef struct {
    Unit     *at;
    uint32_t *from, *to; /* bytes of the source that each came from, its marks included */
    size_t    n;
} Folded;

/* Units of `text`; what is not UTF-8 is a gap. Lives in `a`. Some nanoseconds a character.
   Texts past 1 GiB are cut there. Thread-safe. */
Folded fold_make(Arena *a, Str text);
/* Loads ICU's tables, some 30 ms, which the first fold_make of the process does else. */
void fold_start(void);

/* How the script of a unit parts words. */
typedef enum {
    SCRIPT_SPACED,   /* spaces between words */
    SCRIPT_SYLLABLE, /* Chinese, Japanese, Korean: a unit is a syllable or a word */
    SCRIPT_UNSPACED, /* Thai, Lao, Khmer, Burmese …: letters without spaces between words */
} Script;
Script unit_script(Unit u);

/* Append the base letters of units in UTF-8 at `out`, which has room for 4 n bytes; returns its length. */
size_t units_text(const Unit *units, size_t n, char *out);

#endif
