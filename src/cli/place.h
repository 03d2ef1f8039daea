/* What most commands begin with: the node they are given, and files as bytes. */
#ifndef BANYAN_CLI_PLACE_H
#define BANYAN_CLI_PLACE_H

#include "cli/command.h"
#include "core/node.h"

/* Options for opening any node: where the shared files are. */
bool place_options(Arena *a, bool read_only, NodeOptions *out, Err *err);
/* The node in the folder that is the first operand, closed with the call's arena. */
bool place_open(Call *call, bool read_only, Node **out, Err *err);
/* ERR_NOT_FOUND when the folder is not a node's. */
bool place_is_node(const char *folder, Err *err);

/* Work on all of a node that is not open, with a progress bar; prints `done` when it went well. */
typedef bool (*WholeNode)(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err);
bool place_whole(Call *call, WholeNode work, bool read_only, const char *doing, const char *done, Err *err);

/* Bytes of a file, mapped, or read when it is a pipe ("-": standard input). Live in `a`. */
bool file_map(Arena *a, const char *path, Str *out, Err *err);
/* What stands on standard input up to the end of the first line: for passwords. */
bool line_read(Arena *a, Str *out, Err *err);

/* Copy a file's bytes as they are now, durable at return; `mode` as for open. Size and hash of what was
   written come back. */
typedef struct {
    uint64_t bytes;
    Hash     hash;
} FileCopy;
bool file_copy(Arena *a, const char *from, const char *to, int mode, FileCopy *out, Err *err);
/* Remove a folder and all that is in it; says nothing when there is none. */
void folder_remove(const char *path);

#endif
