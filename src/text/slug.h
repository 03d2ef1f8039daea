/* Slugs: the short names in addresses. Small letters and digits of any script, with the marks that belong to
   them, and single hyphens between; in NFC, so that one name is one run of bytes. In an address every byte
   that is not ASCII is percent-encoded, and browsers show the letters. */
#ifndef BANYAN_TEXT_SLUG_H
#define BANYAN_TEXT_SLUG_H

#include "base/str.h"

#define SLUG_MAX 200 /* bytes */

bool slug_is(Str text); /* and not an id */
/* From a title, at most some sixty characters: Latin letters and digits of all scripts as ASCII has them, other
   letters as they are. Empty when the title has neither letters nor digits, or is an id. */
Str slug_make(Arena *a, Str title);

#endif
