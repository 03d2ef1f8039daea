/* Cuts a file of JSON into its items, without reading them: what loads a million records holds one. */
#ifndef BANYAN_CLI_ITEMS_H
#define BANYAN_CLI_ITEMS_H

#include "base/err.h"

typedef struct {
    Str      text;    /* whole input */
    bool     by_line; /* JSON Lines: an item a line, so that a broken one does not take others along */
    size_t   at;      /* how far it is read */
    uint64_t line;    /* of `at`; the first is 1 */
    bool     in_array, ended;
} Items;

/* `by_line` for JSON Lines. Otherwise the text is one array of items, or items one after the other. */
Items items_make(Str text, bool by_line);
/* The next item, cut from the text, and the line it starts on. False at the end (err->code is ERR_NONE
   then) or where the array or an item does not end (ERR_FORMAT with the line). An item may still not
   be JSON: whoever reads it finds out. */
bool items_next(Items *items, Str *item, uint64_t *line, Err *err);

#endif
