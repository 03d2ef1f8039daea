/* What search-quality.c (collections, measuring), queries.c (questions cut from documents) and engines.c (who is
   asked) share. */
#ifndef BANYAN_BENCH_QUALITY_H
#define BANYAN_BENCH_QUALITY_H

#include <sqlite3.h>

#include "core/search.h"

#define DOC_LANGS 17
#define ANSWERS   5

typedef struct {
    const char *lang, *file;
    int         column;
} Language;
extern const Language languages[DOC_LANGS];

enum { ROW,
       FRAGMENT,
       WORD,
       SCATTERED,
       TOGETHER,
       VARIANT,
       KINDS };

typedef struct {
    int       lang;
    Str       text;
    char     *lower;
    Str      *words;
    size_t    word_n;
    uint32_t *starts; /* byte offset of each word in text */
} Doc;

typedef struct {
    Doc   *at;
    size_t n;
} Docs;
typedef struct {
    int      lang, kind;
    uint32_t doc;
    Str      text;
} Query;
typedef struct {
    Query *at;
    size_t n, room;
} Queries;

Str lower_of(Arena *a, Str s);
/* Words of a document, cut by ICU's rules for its language; before queries_make. */
void words_cut(Arena *a, Doc *d);
/* At most so many of each kind from the documents of each language, by a fixed seed. */
void queries_make(Arena *a, const Docs *docs, size_t per_language, Queries *out);

typedef struct Engine Engine;
struct Engine {
    const char *name;
    size_t (*ask)(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS]);
    Search  *search;
    sqlite3 *db;
    bool     pairs, trigrams;
    double   seconds;
};

size_t   ask_banyan(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS]);
size_t   ask_fts(Engine *e, Arena *a, Str q, uint32_t faces[ANSWERS]);
sqlite3 *fts_open(Arena *a, const Docs *docs, const char *tokenizer, bool pairs);
Search  *banyan_open(Arena *a, const Docs *docs, const char **path); /* path: a folder that the caller removes */

#endif
