/* Search in every script of the region.

   The index holds texts: (face number, field weight, language, text). It knows nothing of records,
   readers or rows: those who may be found come in as a set. It lives in its own files below a
   folder; what was added since the last flush lies in memory, and the log serves as its write-ahead
   log: on opening, `search_applied` says up to which entry it is durable. The answers do not depend
   on how the index came about (bulk, one by one, merged, rebuilt). */
#ifndef BANYAN_CORE_SEARCH_H
#define BANYAN_CORE_SEARCH_H

#include "base/err.h"

typedef struct Search           Search;
typedef struct roaring_bitmap_s FaceSet;

typedef struct {
    Str text, lang;
    int weight;
} SearchText;                       /* lang may be empty; weight 1 … 10 */
typedef struct SearchDoc SearchDoc; /* analysed: what costs time, done on any thread */

bool     search_open(const char *folder, Search **out, Err *err);
void     search_close(Search *s);
uint64_t search_applied(const Search *s);

/* Analyse a face's texts. Thread-safe; lives in `a`. */
SearchDoc *search_doc_make(Arena *a, const SearchText *texts, size_t n);

/* Changes, by one thread at a time. Questions may be asked meanwhile from any thread: each sees the
   index before or after a change. */
void search_add(Search *s, uint32_t face, const SearchDoc *doc); /* in place of what the face had */
void search_remove(Search *s, uint32_t face);
/* Make all durable, as of log size `applied`, by the thread that changes. Called now and then, not
   each write. After a failure the index goes on as it was; try again later. */
bool search_flush(Search *s, uint64_t applied, Err *err);
bool search_wants_flush(const Search *s);

typedef struct HitText HitText; /* what the index knows of the text that matches best */
typedef struct {
    uint32_t       face;
    double         score;
    const HitText *text; /* NULL: not known */
} Hit;
/* Best first, ties newest (highest face) first. `faces` are all that match, freed with the arena; `total`
   is their number, exact for any size. What a match is says docs/api.md: a face that has every word of the
   query, where the first and the last may be parts of words; letters without spaces between words count
   as any stretch of them. When no face matches, `near` says that these are the closest among the likeliest
   instead: fragments, words run together, words missing. */
typedef struct {
    Hit     *hits;
    size_t   count;
    uint64_t total;
    FaceSet *faces;
    bool     near;
} Hits;

/* The best `limit` of the faces in `within` (NULL: all) that match q. `lang` is a hint, may be empty.
   Fails ERR_CORRUPT (the way out is `banyan rebuild`), ERR_STORE, ERR_TOO_BIG. */
bool search_ask(Search *s, Arena *a, Str q, Str lang, const FaceSet *within, size_t limit, Hits *out, Err *err);

/* Excerpt of the text that matches best, at most `characters` long, escaped for HTML with <mark> around
   what matches; the original characters, never split inside a grapheme. */
/* The same for a hit, when the text that matched best is one of these: none is searched, so it costs a tenth.
   False when it is not known which that was, or it is not among them. */
bool search_excerpt_of(Arena *a, const Hit *hit, const SearchText *texts, size_t n, size_t characters, Str *excerpt,
                       Str *lang);
Str  search_excerpt(Arena *a, Str q, const SearchText *texts, size_t n, size_t characters, Str *lang);

#endif
