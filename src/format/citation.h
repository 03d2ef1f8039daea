/* How a dataset's version is cited: plainly, for BibTeX and for RIS. One citation says who, what, which version,
   where and when it was got, so that the same rows can be had again; how the source wants to be cited stands beside. */
#ifndef BANYAN_FORMAT_CITATION_H
#define BANYAN_FORMAT_CITATION_H

#include "format/format.h"

typedef struct {
    Str    *authors; /* publishers of the data, as its record names them; may be none */
    size_t  author_count;
    Str     title, key; /* key: "co2-emissions-v2" */
    int64_t version;
    Date    published, accessed; /* days of the version and of today */
    Str     node;                /* title of the node that serves it */
    Str     url;                 /* of these rows of this version, with the question of the address */
    Str     doi, source;         /* source: `citation` of the record */
} Citation;

/* Of the value of a record; lives in the work's arena. The words of the work's query that are a question go into the
   address, with the version. */
Citation citation_of(const FormatWork *work, const Json *value);

#endif
