/* Any bytes as the files of a journal. Two flags make sums right, so that what lies behind them is
   reached: 1 in the frames, 2 in the index.

     flags 1, length of the log file 2 (little-endian), the log file, the index

   What opens, opens again as the same; what does not is left as it was. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/journal.h"
#include "store/journal_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static char folder[64], log_path[128], index_path[128];

static void expect(bool ok)
{
    if (!ok) abort();
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void folder_start(void)
{
    Err err;
    if (folder[0]) {
        remove_folder();
        expect(mkdir(folder, 0700) == 0);
        return;
    }
    expect(hash_start(&err));
    diag_set_level(DIAG_ERROR);
    snprintf(folder, sizeof folder, "%s/banyan-fuzz-XXXXXX", path_exists("/dev/shm") ? "/dev/shm" : "/tmp");
    expect(mkdtemp(folder));
    snprintf(log_path, sizeof log_path, "%s/00000000000000000000.log", folder);
    snprintf(index_path, sizeof index_path, "%s/index", folder);
    atexit(remove_folder);
}

static void file_put(const char *path, Str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    expect(fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len);
    close(fd);
}

static void put_crc(char *at, const char *from, size_t n)
{
    uint32_t crc = crc32_of(from, n);
    memcpy(at, &crc, 4);
}

static void frames_mend(char *at, size_t n)
{
    while (n >= FRAME_HEADER) {
        uint32_t length;
        memcpy(at, FRAME_MAGIC, 4);
        memcpy(&length, at + 8, 4);
        put_crc(at + FRAME_HEADER - 4, at, FRAME_HEADER - 4);
        if (length > n - FRAME_HEADER || n - FRAME_HEADER - length < FRAME_TRAILER) return;
        put_crc(at + FRAME_HEADER + length, at + FRAME_HEADER, length);
        at += FRAME_HEADER + length + FRAME_TRAILER;
        n -= FRAME_HEADER + length + FRAME_TRAILER;
    }
}

static void index_mend(char *at, size_t n)
{
    uint32_t count;
    if (n < 40) return;
    memcpy(&count, at + 24, 4);
    if (count <= (n - 40) / 4) put_crc(at + 4, at + 8, 40 - 8 + (size_t)count * 4);
}

static bool frame_count(void *with, const JournalItem *item, Err *err)
{
    (void)err;
    *(uint64_t *)with += !item->seal && !item->damaged;
    return true;
}

static void journal_use(Arena *a, Journal *j, Str seal)
{
    uint64_t count = journal_count(j), walked = 0;
    Str      got, again;
    Err      err;
    for (uint64_t i = 0; i < count && i < 100; i++)
        expect(journal_read(j, a, i, &got, &err) || err.code == ERR_CORRUPT);
    expect(!journal_read(j, a, count, &got, &err) && err.code == ERR_NOT_FOUND);
    bool whole = journal_walk(folder, frame_count, &walked, &err);
    expect(whole ? walked == count : err.code == ERR_CORRUPT);
    journal_close(j);
    expect(journal_open(a, folder, NULL, &j, &again, &err));
    expect(journal_count(j) == count && str_eq(seal, again));
    bool grown = journal_append(j, &seal, 1, S("seal"), &err);
    expect(grown && journal_read(j, a, count, &got, &err) && str_eq(got, seal));
    journal_close(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 3) return 0;
    Arena *a = arena_open(0);
    folder_start();
    size_t split = (size_t)(bytes[1] | bytes[2] << 8);
    char  *copy = arena_copy(a, bytes + 3, n - 3);
    if (split > n - 3) split = n - 3;
    if (bytes[0] & 1) frames_mend(copy, split);
    if (bytes[0] & 2) index_mend(copy + split, n - 3 - split);
    Str frames = { copy, split }, index = { copy + split, n - 3 - split }, seal, after;
    file_put(log_path, frames);
    if (index.len) file_put(index_path, index);

    Journal *j;
    Err      err;
    uint64_t known;
    expect(journal_index_check(folder, &known, &err) || err.code == ERR_CORRUPT);
    if (journal_open(a, folder, NULL, &j, &seal, &err)) {
        journal_use(a, j, seal);
    } else {
        expect(err.code == ERR_CORRUPT && strstr(err.text, folder));
        expect(file_read(a, log_path, 1 << 20, &after, &err) && str_eq(after, frames));
    }
    arena_close(a);
    return 0;
}
