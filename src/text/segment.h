/* Words. Where spaces part words, a word is a run of units without a gap; where they do not (Thai, Lao,
   Khmer, Burmese, Chinese, Japanese), ICU's dictionaries find them (UAX #29 and its tailorings). */
#ifndef BANYAN_TEXT_SEGMENT_H
#define BANYAN_TEXT_SEGMENT_H

#include "text/fold.h"

/* Set UNIT_WORD on the units of `f`, folded from `text`, that start a word. Thread-safe; microseconds
   a sentence in scripts without spaces, nearly nothing in others. */
void segment_words(Arena *a, Folded *f, Str text);

/* Ends of grapheme clusters (what a reader calls a character): the first boundary at or behind byte
   `offset`, or the last at or before it. */
size_t grapheme_end(Str text, size_t offset);
size_t grapheme_start(Str text, size_t offset);

#endif
