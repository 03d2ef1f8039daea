/* A dataset as catalogues tell of it: the words of its record, who publishes it, how far its rows reach. */
#ifndef BANYAN_WEB_ABOUT_H
#define BANYAN_WEB_ABOUT_H

#include "core/record.h"
#include "web/reach.h"

typedef struct {
    Str name, url; /* url: of its record; empty when it has none that the reader may see */
} Publisher;

typedef struct {
    const Record *record;
    Str           url, title; /* of its page; in the reader's language */
    Publisher    *publishers; /* as the record names them, else its owner, else the node: at least one */
    size_t        publisher_count;
    Str           licence_url; /* of the licences of Creative Commons, and what is an address itself; else empty */
    const Reach  *reach;       /* NULL until it was asked (reach.h) */
    Str          *terms;       /* sentences of what terms by column generalise or withhold for this reader */
    size_t        term_count;  /* 0 until about_terms */
} About;

/* Lives in the request's arena, beside `record`. */
void about_dataset(Request *req, Snapshot *s, const Record *record, About *out);
/* `now` is the document whose terms hold (data/restriction.h), of a record of this owner. */
void about_terms(Request *req, const Json *now, Str owner, About *about);
/* When it begins and ends: as its record says, else as its rows do; RFC 3339 or a shorter date; empty: not known. */
Str about_from(const About *about);
Str about_to(const About *about);

#endif
