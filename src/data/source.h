/* A file as it comes: its hash, packing and encoding, its first rows as UTF-8, and all of it as plain
   UTF-8 for the engine. */
#ifndef BANYAN_DATA_SOURCE_H
#define BANYAN_DATA_SOURCE_H

#include "base/err.h"
#include "base/json.h"

typedef enum { FILE_DELIMITED,
               FILE_JSON,
               FILE_PARQUET,
               FILE_ZIP } FileForm;

typedef struct Source {
    const char *path;
    FileForm    form, from; /* `from`: before it was laid out */
    bool        laid;       /* out as CSV (laid.h) */
    Str         sha256;     /* of the file's bytes, hex */
    uint64_t    bytes, plain_bytes;
    bool        gzip;
    Str         encoding;     /* IANA name */
    bool        sure;         /* of the encoding */
    bool        broken;       /* mostly UTF-8, with bytes in between that are not */
    size_t      mark;         /* bytes of the byte order mark */
    Str         head;         /* the first rows in UTF-8, ending at the end of a line */
    bool        whole;        /* the head is all there is */
    Str         later;        /* else some whole lines from all over the rest, some tens at a place */
    bool        ends_differ;  /* lines may end in more than one way (line_ends.h) */
    Str         odd;          /* some of the text past ASCII, in UTF-8 */
    Str        *other_sheets; /* of a workbook or an archive, that were not read */
    size_t      other_sheet_count;
    bool        terms;     /* headings are terms of Darwin Core: each stays a column */
    Str         id;        /* the heading that an archive says is its core's id; empty */
    Str         core_id;   /* of an extension: the heading with the id of the core's row */
    Str         height;    /* the heading with heights in metres of GeoJSON's points; empty */
    bool        from_1904; /* of a workbook: its days are counted from 1904 */
    Json       *doubts;    /* of what showed when the rows were laid out (doubt.h), or NULL */
    Json       *proposed;  /* for the record of a dataset that is made: members of its document, or NULL */
} Source;

/* Reads the whole file once: some 300 MB a second, half of it for the hash. ERR_FORMAT, ERR_UNSUPPORTED
   as recognise_file; ERR_TOO_BIG for a bomb. Texts live in `a`. Parquet and ZIP have no head.
   `encoding` is what a person says of it (recode_name), empty: what its bytes show. A file with a byte order mark, one
   whose characters past ASCII are UTF-8 throughout, and one that is no text are what they are whatever is said. */
bool source_scan(Arena *a, const char *path, Str encoding, Source *out, Err *err);
/* The file's bytes; as long as the arena. */
bool source_map(Arena *a, const char *path, Str *out, Err *err);
/* The path of the same rows as plain UTF-8: the file itself, or a temporary one in `folder` (store/files.h),
   which the caller removes. */
bool source_plain(Arena *a, const Source *source, const char *folder, Str *path, bool *temporary, Err *err);

#endif
