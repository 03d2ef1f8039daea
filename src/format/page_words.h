/* Words of a dataset's address that only say how its page shows: they ask nothing of the rows. */
#ifndef BANYAN_FORMAT_PAGE_WORDS_H
#define BANYAN_FORMAT_PAGE_WORDS_H

#include "base/str.h"

static inline bool is_page_word(Str name)
{
    static const char *const words[] = { "lang", "figure", "at", "gathered" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_z(name, words[i])) return true;
    return false;
}

#endif
