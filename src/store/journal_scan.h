/* Inside the journal: how frames lie in a file, and going through a file group by group. */
#ifndef BANYAN_STORE_JOURNAL_SCAN_H
#define BANYAN_STORE_JOURNAL_SCAN_H

#include "base/buf.h"
#include "base/err.h"

#define FRAME_HEADER  32
#define FRAME_TRAILER 4
#define FRAME_MAGIC   "byn1"

typedef enum { FRAME_ENTRY = 1,
               FRAME_SEAL = 2 } FrameType;
typedef struct {
    FrameType type;
    uint32_t  length;
    uint64_t  number, group; /* group: number of the first frame of its group */
} FrameHeader;

void journal_frame_put(Buf *out, FrameType type, uint64_t number, uint64_t group, Str bytes);
bool frame_header_read(const char *at, FrameHeader *out); /* magic, CRC, type and length are right */
bool frame_body_right(const char *header_at, uint32_t length);

typedef enum {
    SCAN_GROUP,   /* `group` is filled */
    SCAN_END,     /* the file ends behind a seal */
    SCAN_TORN,    /* a group that was never whole, and nothing behind it */
    SCAN_DAMAGED, /* `bad` says what is wrong */
    SCAN_FAILED   /* reading failed: errno */
} ScanResult;

typedef struct {
    uint64_t    offset, end; /* of its first frame, and behind its seal, in the file */
    size_t      count;       /* frames without the seal */
    const char *bytes;       /* from `offset` to `end`, until the next scan_next */
    uint32_t   *at;          /* count + 1 offsets in bytes; the last is the seal's */
} Group;

typedef struct {
    /* given */
    int      fd;
    uint64_t size;     /* bytes of the file to look at */
    uint64_t position; /* where the next group starts */
    uint64_t number;   /* of the next frame */
    /* told */
    Group group;
    struct {
        uint64_t    offset;
        const char *what;
        bool        has_bytes; /* the header is right, its bytes are not: */
        Str         bytes;
        bool        seal;
        uint64_t    number; /* of the frame that is, or should be, there */
    } bad;
    /* own */
    Buf      window;
    uint64_t window_offset;
    Buf      offsets;
} Scan;

ScanResult scan_next(Scan *s);
void       scan_free(Scan *s);

/* Names of the journal's files in order, in `a`; `first` has the numbers in their names. */
bool journal_files(Arena *a, const char *folder, Str **paths, uint64_t **first, size_t *n, Err *err);

/* Fail with ERR_CORRUPT: durable frames are gone from the end. */
bool journal_cut_off(const char *path, uint64_t count, uint64_t promise, Err *err);

#define JOURNAL_WAY_OUT                                                                              \
    "What stands before it is sound. Stop the node, keep a copy of this folder, and bring the file " \
    "back from a backup (banyan restore)"

#endif
