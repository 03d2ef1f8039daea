/* What a page shows beyond the API's value.

   A handler builds the value; when the face is a page, view_build adds the member "view": what can be
   computed from the value, the kinds and the records, in the reader's language (labels, sentences, the
   map, the coverage of goals, a form's fields). Templates read it; no other ending carries it. Views
   read through the snapshot, so they show no more than its reader may see; they never write.

   page           value, from the handler                                        view, made here
   home           {}                                                             map, next, decided, late, frameworks
   list           the API's list; filters are read from the question             cards, facets with labels and addresses
   record         the API's record (any kind, withdrawn ones too)                lede, facts, sections, foot, backlinks
   dataset        a record with "total", "columns", "rows" of the question       as record; rows, addresses, filters
   calendar       {}; ?framework=, ?year=                                        months of meetings, archive by year
   search         the API's search                                               kinds with counts, further pages
   history        the API's history: {"id","kind","slug","title","items":[{"version","state","author",
                  "updated","note","leaf"}…]}                                    which two can be compared
   difference     {"kind","slug","title","from":record,"to":record}              changed fields with both sides
   form           {"kind","doc","problems"[,"id","slug","version","owner","audience","state"]}; no "id": a new one
                                                                                 fields with names, values, problems
   conflict       {"kind","slug","version","conflicts":[{"pointer","base","theirs","mine"}…],"doc"}; the form's
                  "version" says what it was based on                            both sides of each field in words; the
                                                                                 merged rest as hidden inputs
   node           its "log" with "size"; ?entry=N                                the proof that entry N is in the log
   console        "sql", "tables"; "columns", "rows", "stopped" or "problem"    the answer as cells, its addresses
   ogc            the answers of /ogc (ogc.h)                                    heading, links, table of features
   import         {"max_bytes","hours","jobs"[,"dataset"]}                       owners, audiences, jobs
   job            a job of intake.h, "into" its dataset                          preview, columns, results
   mend           rows set aside (handle/mend.c)                                 reasons and inputs
   Others (sign-in, accept, people, person, account, error) need no view. */
#ifndef BANYAN_WEB_VIEW_H
#define BANYAN_WEB_VIEW_H

#include "base/time.h"
#include "text/message.h"
#include "web/web.h"

typedef struct {
    Request        *req; /* path, query, language, reader; fell_back is set */
    Snapshot       *snapshot;
    const Messages *messages;
    const Record   *record; /* that the value was made from, or NULL */
    Date            today;  /* decides what is late and what is next */
} ViewWork;

/* Put "view" into `value`. A page without a view is left alone. */
bool view_build(const ViewWork *w, Str page, Json *value, Err *err);

/* A submitted form as a document. Fields are named by JSON Pointer ("/name/en", "/partners/0/role"); a list
   of values repeats its name or numbers them, or is given whole as a JSON array. Empty inputs are left out;
   members of `old` that the form has no field for are kept. Numbers and booleans get their type; what is no
   number stays text, so that the kind's check names it. A pair "add" or "remove" (a button's pointer) adds
   an empty member to a list or takes one out, and sets `rows_changed`: show the form again instead of
   saving. Lists keep their order; holes close. Fails ERR_FORMAT for a name that is no pointer into the
   kind, ERR_TOO_BIG. */
bool form_document(Arena *a, const Kind *kind, const Json *old, const Pair *form, size_t n, Json **doc,
                   bool *rows_changed, Err *err);

#endif
