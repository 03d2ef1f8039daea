/* A segment's file with any bytes: opening, getting and walking end, and never read beyond it. The
   same bytes are read as sets of faces and lists of words, which lie behind those checks. */
#include "store/segments.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "core/search/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    if (!path[0]) snprintf(path, sizeof path, "/tmp/banyan-fuzz-segment-%d", (int)getpid());
    Arena   *a = arena_open(0);
    Segment *s = NULL;
    Err      err;
    int      fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    close(fd);
    if (segment_open(path, &s, &err)) {
        SegmentCursor *c = segment_cursor_open(s);
        Str            key, value, again;
        bool           more = true, found;
        while (segment_next(c, &key, &value, &more, &err) && more) {
            Str own = str_copy(a, key);
            if (arena_full(a) || !segment_get(s, a, own, &again, &found, &err)) break;
        }
        segment_cursor_close(c);
        segment_close(s);
    }
    unlink(path);

    Str               value = { (const char *)data, size }, *words;
    size_t            n;
    roaring_bitmap_t *faces = roaring_bitmap_create();
    faces_read(value, faces);
    roaring_bitmap_free(faces);
    words_read(a, value, &words, &n);
    arena_close(a);
    return 0;
}
