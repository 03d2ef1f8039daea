#include "check.h"

#include <string.h>

TEST("a buffer grows byte by byte and keeps a zero behind its bytes")
{
    Buf *b = buf_open(a);
    CHECK_STR(buf_str(b), "");
    for (int i = 0; i < 5000; i++) {
        buf_put_byte(b, (char)('a' + i % 26));
        CHECK_EQ_INT(b->at[b->len], 0);
    }
    CHECK_EQ_INT(b->len, 5000);
    size_t wrong = 0;
    for (int i = 0; i < 5000; i++) wrong += b->at[i] != 'a' + i % 26;
    CHECK_EQ_INT(wrong, 0);
    buf_clear(b);
    CHECK_STR(buf_str(b), "");
    CHECK_STR(b->at, "");
}

TEST("pieces of every sort follow each other")
{
    Buf b = { 0 };
    buf_put(&b, S("a"));
    buf_put(&b, STR_NONE);
    buf_put_z(&b, "b");
    buf_put_bytes(&b, "cd", 2);
    memcpy(buf_grow(&b, 2), "ef", 2);
    buf_put_integer(&b, INT64_MIN);
    buf_put_integer(&b, 0);
    buf_putf(&b, "[%05d]", 42);
    CHECK_STR(buf_str(&b), "abcdef-92233720368547758080[00042]");
    buf_free(&b);
    CHECK(b.at == NULL && b.len == 0 && b.room == 0);
}

TEST("formatted text of any length is put whole")
{
    Buf  b = { 0 };
    char text[1001];
    memset(text, 'x', 1000);
    text[1000] = 0;
    for (int n = 0; n <= 1000; n += 7) {
        buf_free(&b);
        buf_putf(&b, "%.*s!", n, text);
        CHECK_EQ_INT(b.len, n + 1);
        CHECK_EQ_INT(strlen(b.at), n + 1);
    }
    buf_free(&b);
}

TEST("HTML and JSON are escaped where they must be, and only there")
{
    Buf *b = buf_open(a);
    buf_put_html(b, S("<a href=\"x\">R&D's \xE0\xB8\x81</a>"));
    CHECK_STR(buf_str(b), "&lt;a href=&quot;x&quot;&gt;R&amp;D&#39;s \xE0\xB8\x81&lt;/a&gt;");
    buf_clear(b);
    buf_put_json(b, S("\"\\/\b\f\n\r\t\x01\x1F\x7F \xE0\xB8\x81"));
    CHECK_STR(buf_str(b), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F \xE0\xB8\x81\"");
}
