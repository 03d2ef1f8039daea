/* What the interface says, in every language: messages from locale/LANG.json.

   A pattern is ICU MessageFormat with these parts: {name}, {name, number}, {name, plural, …} (exact
   cases "=0", CLDR categories, # for the number), {name, select, …} ("true" and "false" for a boolean),
   '' for an apostrophe, '{' to quote. "{n, plural, one {# record} other {# records}}".

   Read once at start, then shared by all threads without a lock. A message missing in a language is
   looked for in its relatives ("zh-Hant": "zh"), then in English; a test finds missing and unused ones. */
#ifndef BANYAN_TEXT_MESSAGE_H
#define BANYAN_TEXT_MESSAGE_H

#include "base/json.h"

typedef struct Messages Messages;

/* Reads every .json in FOLDER: one flat object {"key": "pattern"} a language; "_name" is the language's own
   name of itself. A pattern that cannot be read: ERR_INVALID naming file and key; no en.json:
   ERR_NOT_FOUND. */
bool   messages_open(const char *folder, Messages **out, Err *err);
void   messages_close(Messages *m);
size_t messages_languages(const Messages *m, Str **out); /* English first, then by tag: "en", "ar", "th", "zh" */
bool   messages_has(const Messages *m, Str lang, Str key);
/* Names of the arguments a message mentions in this language (after falling back), as a page looks
   them up in what it shows. None, mostly. The names live as long as `m`. */
size_t message_arguments(const Messages *m, Str lang, Str key, const Str **names);

/* The text; args is an object of strings, numbers, booleans (or NULL); one that is not there is empty,
   0 in a plural. Unknown key: the key itself, in brackets. A message without arguments costs one hash
   and lives as long as m; others live in `a`. */
Str message(const Messages *m, Arena *a, Str lang, Str key, const Json *args);

#endif
