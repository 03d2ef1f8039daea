/* Archives made on the way out, read back by the library that reads archives. */
#include "base/zipping.h"

#include "base/archive.h"
#include "base/file.h"

#include "check.h"

static bool keep(void *with, Str bytes, Err *err)
{
    (void)err;
    buf_put(with, bytes);
    return true;
}

static bool refuse(void *with, Str bytes, Err *err)
{
    int *left = with;
    (void)bytes;
    return --*left > 0 || fail(err, ERR_STORE, "nobody reads on");
}

TEST("what is zipped is read back whole, by name and in order")
{
    Buf     *out = buf_open(a), *large = buf_open(a);
    Zipping *z = zipping_open(a, keep, out);
    Archive *archive;
    Str      text, path = path_join(a, str_of(test_folder(a)), S("made.zip"));
    for (int i = 0; i < 200000; i++) buf_putf(large, "%d\t%d\n", i, i * 7919 % 1000003);
    CHECK_OK(zipping_file(z, S("first.txt"), &err));
    CHECK_OK(zipping_put(z, S("one "), &err));
    CHECK_OK(zipping_put(z, S("two"), &err));
    CHECK_OK(zipping_file(z, S("empty"), &err));
    CHECK_OK(zipping_file(z, S("größe.txt"), &err));
    for (Str rest = buf_str(large); rest.len; rest = str_drop(rest, 70001))
        CHECK_OK(zipping_put(z, str_take_first(rest, 70001), &err));
    CHECK_OK(zipping_end(z, &err));
    CHECK(out->len < large->len / 2);
    CHECK_OK(file_replace(path.at, buf_str(out), 0600, &err));
    CHECK_OK(archive_open(a, path.at, &archive, &err));
    CHECK_EQ_INT(archive_count(archive), 3);
    CHECK_STR(archive_name(archive, 2), "größe.txt");
    CHECK_OK(archive_read(archive, a, 0, 100, &text, &err));
    CHECK_STR(text, "one two");
    CHECK_OK(archive_read(archive, a, 1, 100, &text, &err));
    CHECK_EQ_INT(text.len, 0);
    CHECK_OK(archive_read(archive, a, 2, large->len, &text, &err));
    CHECK(str_eq(text, buf_str(large)));
}

TEST("the same files are the same bytes")
{
    Buf *made[2];
    for (int i = 0; i < 2; i++) {
        made[i] = buf_open(a);
        Zipping *z = zipping_open(a, keep, made[i]);
        CHECK_OK(zipping_file(z, S("a"), &err));
        CHECK_OK(zipping_put(z, S("text"), &err));
        CHECK_OK(zipping_end(z, &err));
    }
    CHECK(str_eq(buf_str(made[0]), buf_str(made[1])));
}

TEST("who takes no more bytes ends the zipping, wherever that is")
{
    for (int most = 1; most < 6; most++) {
        int      left = most;
        Zipping *z = zipping_open(a, refuse, &left);
        bool     ok = zipping_file(z, S("a"), &err) && zipping_put(z, S("text"), &err) &&
                  zipping_file(z, S("b"), &err) && zipping_end(z, &err);
        CHECK(!ok);
        CHECK_EQ_INT(err.code, ERR_STORE);
    }
}
