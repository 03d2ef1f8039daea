#include "check.h"
#include "text/segment.h"

/* Base letters with _ at gaps and | at other starts of words. */
static Str shown(Arena *a, const char *text)
{
    Folded f = fold_make(a, str_of(text));
    segment_words(a, &f, str_of(text));
    Buf *out = buf_open(a);
    for (size_t i = 0; i < f.n; i++) {
        char   letter[4];
        size_t n = units_text(&f.at[i], 1, letter);
        if (i) buf_put_z(out, (f.at[i] & UNIT_GAP) ? "_" : (f.at[i] & UNIT_WORD) ? "|"
                                                                                 : "");
        buf_put_bytes(out, letter, n);
    }
    return buf_str(out);
}

static bool same_bases(Arena *a, const char *x, const char *y)
{
    Folded f = fold_make(a, str_of(x)), g = fold_make(a, str_of(y));
    if (f.n != g.n) return false;
    for (size_t i = 0; i < f.n; i++)
        if (UNIT_BASE(f.at[i]) != UNIT_BASE(g.at[i])) return false;
    return true;
}

static bool same_marks(Arena *a, const char *x, const char *y)
{
    Folded f = fold_make(a, str_of(x)), g = fold_make(a, str_of(y));
    for (size_t i = 0; i < f.n && i < g.n; i++)
        if (UNIT_MARKS(f.at[i]) != UNIT_MARKS(g.at[i])) return false;
    return f.n == g.n;
}

TEST("letters fold to their base in every script")
{
    CHECK_STR(shown(a, "Straße ﬁn l'Été"), "strasse_fin_l_ete");
    CHECK_STR(shown(a, "Đặng Việt"), "dang_viet");
    CHECK_STR(shown(a, "ＡＢＣ　１２"), "abc_12");
    CHECK_STR(shown(a, "ёлка Й"), "елка_и");
    CHECK_STR(shown(a, "أَحْمَد إلى مدرسة مُحَـــمَّد"), "احمد_الي_مدرسه_محمد");
    CHECK_STR(shown(a, "๑๒ ၃၄ ٥٦"), "12_34_56");
    CHECK(same_bases(a, "後裏髮權", "后里发权"));
    CHECK(same_bases(a, "ｶﾞｷﾞ", "ガギ"));
    CHECK(same_bases(a, "カタカナ", "かたかな"));
    CHECK(same_bases(a, "인간", "인간"));
    CHECK(same_bases(a, "ทุก\u200bคน\u00ad", "ทุกคน"));
}

TEST("marks are the same composed or not, in any order, and differ from none")
{
    CHECK(same_marks(a, "ế", "e\u0302\u0301"));
    CHECK(same_marks(a, "a\u0323\u0302", "a\u0302\u0323"));
    CHECK(!same_marks(a, "ma", "má"));
    CHECK(!same_marks(a, "má", "mà"));
    CHECK(!same_marks(a, "ไม้", "ไม่"));
    CHECK(same_bases(a, "ไม้", "ไม่"));
}

TEST("each unit knows the bytes that it came from")
{
    Folded f = fold_make(a, S("a e\xCC\x81ﬁ!"));
    CHECK_EQ_INT(f.n, 4);
    CHECK_EQ_INT(f.from[1], 2);
    CHECK_EQ_INT(f.to[1], 5);
    CHECK_EQ_INT(f.from[2], 5);
    CHECK_EQ_INT(f.to[2], 8);
    CHECK_EQ_INT(f.from[3], 5);
    CHECK(f.at[1] & UNIT_GAP);
    CHECK(!(f.at[3] & UNIT_GAP));
}

TEST("what is no text folds to nothing, and a mark without its letter is dropped")
{
    CHECK_EQ_INT(fold_make(a, S("")).n, 0);
    CHECK_EQ_INT(fold_make(a, S("?! … \xFF\xFE\xC3")).n, 0);
    CHECK_STR(shown(a, "\xCC\x81"
                       "a\xF0\x9F"
                       "b"),
              "a_b");
}

TEST("words are found by spaces or by dictionaries, with or without zero-width spaces")
{
    CHECK_STR(shown(a, "It's 2024, e-mail"), "it_s_2024_e_mail");
    CHECK_STR(shown(a, "人人生而自由"), "人|人生|而|自由");
    CHECK_STR(shown(a, "ทุกคนมีสิทธิในการศึกษา"), "ทก|คน|ม|สทธ|ใน|การ|ศกษา");
    CHECK_STR(shown(a, "ทุก\u200bคนมีสิทธิในการศึก\u200bษา"), "ทก|คน|ม|สทธ|ใน|การ|ศกษา");
    CHECK_STR(shown(a, "인간은 모든"), "인간은_모든");
    CHECK_STR(shown(a, "ใช้GPS2ครั้ง"), "ใช|gps2|ครง");
}

TEST("grapheme ends are found around any byte")
{
    Str s = S("e\xCC\x81x");
    CHECK_EQ_INT(grapheme_end(s, 1), 3);
    CHECK_EQ_INT(grapheme_start(s, 1), 0);
    CHECK_EQ_INT(grapheme_end(s, 3), 3);
    CHECK_EQ_INT(grapheme_start(s, 99), 4);
}
