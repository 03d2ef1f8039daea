/* See upload.h. libmicrohttpd takes multipart bodies apart. */
#include "web/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "store/files.h"
#include "web/intake.h"
#include "web/request.h"
#include "web/sent_name.h"
#include "web/session.h"
#include "web/site.h"

static const size_t   PARSE_BYTES = (size_t)32 << 10;
static const uint64_t AROUND_MAX_BYTES = (uint64_t)4 << 20; /* fields and boundaries beside the files */

struct Upload {
    Arena                    *arena;
    Intake                   *intake;
    IntakePlace              *place;
    const char               *folder;
    struct MHD_PostProcessor *parser; /* NULL: the body is the file */
    uint64_t                  max, bytes;
    SentFile                  files[UPLOAD_FILES_MAX];
    size_t                    file_count;
    int                       fd; /* of the last of `files`; below 0: none is open */
    Pair                      fields[UPLOAD_FIELDS_MAX];
    size_t                    field_count;
    Buf                       field; /* the last of `fields`, while it arrives */
    Err                       err;
};

static void file_end(Upload *u)
{
    if (u->fd >= 0 && close(u->fd) != 0 && u->err.code == ERR_NONE) fail_errno(&u->err, "writing what was sent");
    u->fd = -1;
}

static void field_end(Upload *u)
{
    if (u->field_count) u->fields[u->field_count - 1].value = str_copy(u->arena, buf_str(&u->field));
    buf_clear(&u->field);
}

static bool file_begin(Upload *u, Str name, bool from_form)
{
    SentFile *file = &u->files[u->file_count];
    file_end(u);
    if (u->file_count == UPLOAD_FILES_MAX)
        return fail(&u->err, ERR_TOO_BIG, "more than %d files at once", UPLOAD_FILES_MAX);
    *file = (SentFile){ .name = sent_name_make(u->arena, name, from_form) };
    if (!files_temporary(u->folder, u->arena, &file->path, &u->err)) return false;
    u->fd = open(file->path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (u->fd < 0) return fail_errno(&u->err, "writing %s", file->path.at);
    u->file_count++;
    return true;
}

static bool file_put(Upload *u, const char *bytes, size_t n)
{
    u->files[u->file_count - 1].bytes += n;
    while (n > 0) {
        ssize_t done = fault_hits(FAULT_FILE_WRITE) ? -1 : write(u->fd, bytes, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_errno(&u->err, "writing what was sent");
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* What arrives of one field of a form; `offset` 0 begins it. */
static enum MHD_Result part_take(void *with, enum MHD_ValueKind kind, const char *key, const char *file_name,
                                 const char *type, const char *coding, const char *bytes, uint64_t offset, size_t n)
{
    (void)kind, (void)type, (void)coding;
    Upload *u = with;
    if (u->err.code != ERR_NONE) return MHD_NO;
    if (file_name) {
        if (offset == 0 && !*file_name && !n) return MHD_YES; /* an input without a file */
        if (offset == 0 && !file_begin(u, str_of(file_name), true)) return MHD_NO;
        return u->fd >= 0 && file_put(u, bytes, n) ? MHD_YES : MHD_NO;
    }
    if (offset == 0) {
        field_end(u);
        if (u->field_count == UPLOAD_FIELDS_MAX) {
            fail(&u->err, ERR_TOO_BIG, "more than %d fields", UPLOAD_FIELDS_MAX);
            return MHD_NO;
        }
        u->fields[u->field_count++].name = str_copy(u->arena, str_of(key ? key : ""));
    }
    if (u->field.len + n > UPLOAD_FIELD_MAX) {
        fail(&u->err, ERR_TOO_BIG, "a field of the form is over %zu bytes", UPLOAD_FIELD_MAX);
        return MHD_NO;
    }
    buf_put_bytes(&u->field, bytes, n);
    return MHD_YES;
}

static bool body_is_file(Upload *u, Request *req, struct MHD_Connection *connection)
{
    const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Disposition");
    Str         name = STR_NONE, path, query;
    Pair       *pairs;
    size_t      n = 0;
    if (target_read(u->arena, req->target, &path, &query, &pairs, &n, NULL))
        for (size_t i = 0; i < n; i++)
            if (str_eq(pairs[i].name, S("name"))) name = pairs[i].value;
    if (!name.len && header) name = sent_name_said(u->arena, str_of(header));
    return file_begin(u, name, false);
}

bool upload_open(Request *req, struct MHD_Connection *connection, uint64_t declared, Upload **out, Err *err)
{
    Intake *intake = req->site->intake;
    if (!req->reader.person.len) return fail(err, ERR_SIGN_IN, "sign in first");
    if (!req->reader.may_write) return fail(err, ERR_FORBIDDEN, "this token may only read");
    if (!req->bearer && !request_from_here(req, err)) return false;
    IntakePlace *place;
    if (!intake_place_take(intake, req->reader.person, declared, &place, err)) return false;
    Arena  *a = arena_open(0);
    Upload *u = NEW(a, Upload);
    *u = (Upload){ .arena = a,
                   .intake = intake,
                   .place = place,
                   .folder = intake_folder(intake),
                   .max = intake_max_bytes(intake),
                   .fd = -1 };
    bool ok = true;
    if (str_eq(req->content_type, S("multipart/form-data"))) {
        u->parser = MHD_create_post_processor(connection, PARSE_BYTES, part_take, u);
        ok = u->parser || fail(err, ERR_FORMAT, "multipart/form-data without a boundary");
    } else if (!body_is_file(u, req, connection)) {
        *err = u->err;
        ok = false;
    }
    if (ok) *out = u;
    else upload_close(u);
    return ok;
}

bool upload_take(Upload *u, const char *bytes, size_t n)
{
    u->bytes += n;
    if (u->bytes > u->max + AROUND_MAX_BYTES) {
        if (u->err.code == ERR_NONE) intake_too_big(u->intake, &u->err);
        return u->bytes <= u->max + 2 * AROUND_MAX_BYTES; /* read on for a while, so that its sender hears why */
    }
    if (u->err.code != ERR_NONE) return true;
    bool ok = u->parser ? MHD_post_process(u->parser, bytes, n) == MHD_YES : file_put(u, bytes, n);
    if (!ok && u->err.code == ERR_NONE) fail(&u->err, ERR_FORMAT, "the form cannot be taken apart");
    return true;
}

bool upload_finish(Upload *u, Request *req, Err *err)
{
    if (u->parser) {
        bool whole = MHD_destroy_post_processor(u->parser) == MHD_YES;
        u->parser = NULL;
        if (!whole && u->err.code == ERR_NONE) fail(&u->err, ERR_FORMAT, "the form ends before its last boundary");
    }
    file_end(u);
    field_end(u);
    for (size_t i = 0; i < u->file_count && u->err.code == ERR_NONE; i++)
        if (u->files[i].bytes > u->max) intake_too_big(u->intake, &u->err);
    for (size_t i = 0; i < u->field_count && u->err.code == ERR_NONE; i++)
        if (!str_is_utf8(u->fields[i].name) || !str_is_utf8(u->fields[i].value))
            fail(&u->err, ERR_FORMAT, "a field of the form is not UTF-8");
    if (u->err.code != ERR_NONE) {
        *err = u->err;
        return false;
    }
    req->form = u->fields;
    req->form_count = u->field_count;
    req->files = u->files;
    req->file_count = u->file_count;
    return true;
}

void upload_close(Upload *u)
{
    if (!u) return;
    if (u->parser) MHD_destroy_post_processor(u->parser);
    file_end(u);
    for (size_t i = 0; i < u->file_count; i++)
        if (u->files[i].path.len) unlink(u->files[i].path.at);
    intake_place_leave(u->intake, u->place);
    buf_free(&u->field);
    arena_close(u->arena);
}
