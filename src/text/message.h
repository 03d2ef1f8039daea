/* What the interface says, in every language: messages from locale/LANG.json, by ICU MessageFormat
   (plurals, numbers, dates: "{n, plural, one {# record} other {# records}}").

   Read once at start, then shared by all threads. A message missing in a language falls back to
   English; a test finds missing and unused ones. */
#ifndef BANYAN_TEXT_MESSAGE_H
#define BANYAN_TEXT_MESSAGE_H

#include "base/json.h"

typedef struct Messages Messages;

/* Reads FOLDER/*.json: one flat object {"key": "pattern"} a language; "_name" is the language's own
   name of itself. A pattern ICU cannot read: ERR_INVALID naming file and key. */
bool messages_open(const char *folder, Messages **out, Err *err);
void messages_close(Messages *m);
size_t messages_languages(const Messages *m, Str **out);           /* "en", "zh", "th", "ar" */
bool messages_has(const Messages *m, Str lang, Str key);
/* Names of the arguments a message mentions in this language (after falling back), as a page looks
   them up in what it shows. None, mostly. The names live as long as `m`. */
size_t message_arguments(const Messages *m, Str lang, Str key, const Str **names);

/* The text; args is an object of strings, numbers (or NULL). Unknown key: the key itself, in brackets. */
Str message(const Messages *m, Arena *a, Str lang, Str key, const Json *args);

#endif
