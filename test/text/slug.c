#include "check.h"
#include "text/slug.h"

#include "base/id.h"

TEST("a slug is made of a title's letters and digits, with hyphens between words")
{
    CHECK_STR(slug_make(a, S("Green Envoys: 2nd Session")), "green-envoys-2nd-session");
    CHECK_STR(slug_make(a, S("  --Asia's  waters-- ")), "asias-waters");
    CHECK_STR(slug_make(a, S("...")), "");
    CHECK_STR(slug_make(a, S("")), "");
    CHECK_STR(slug_make(a, id_make(a)), "");
}

TEST("Latin letters lose their marks, letters of other scripts stay as they are written")
{
    CHECK_STR(slug_make(a, S("Hợp tác Môi trường Đông Á")), "hop-tac-moi-truong-dong-a");
    CHECK_STR(slug_make(a, S("Café de l’Été")), "cafe-de-lete");
    CHECK_STR(slug_make(a, S("红树林交流")), "红树林交流");
    CHECK_STR(slug_make(a, S("中国—东盟环境合作论坛（２０２５）")), "中国-东盟环境合作论坛-2025");
    CHECK_STR(slug_make(a, S("การแลกเปลี่ยนป่าชายเลน ๒๕๖๘")), "การแลกเปลี่ยนป่าชายเลน-2568");
    CHECK_STR(slug_make(a, S("สำนักงานน้ำ")), "สำนักงานน้ำ");
    CHECK_STR(slug_make(a, S("حول هذه العقدة")), "حول-هذه-العقدة");
    CHECK_STR(slug_make(a, S("Экология Байкала")), "экология-байкала");
    CHECK_STR(slug_make(a, S("環境 Forum")), "環境-forum");
}

TEST("decomposed and composed titles have one slug, and zero-width characters are not in it")
{
    CHECK_STR(slug_make(a, S("ひろば")), "ひろば");
    CHECK_STR(slug_make(a, S("ひろは\xE3\x82\x99")), "ひろば");
    CHECK_STR(slug_make(a, S("ป่า\xE2\x80\x8Bชายเลน")), "ป่าชายเลน");
}

TEST("a long title is cut behind a word, or where it is full when it has none, between characters")
{
    Str words = slug_make(a, S("A programme of action for the protection of coasts and of everything else"));
    CHECK_STR(words, "a-programme-of-action-for-the-protection-of-coasts-and-of");
    Buf *title = buf_open(a);
    for (int i = 0; i < 100; i++) buf_put_z(title, "水");
    Str cut = slug_make(a, buf_str(title));
    CHECK_EQ_INT((long long)cut.len, 180);
    CHECK(slug_is(cut));
    CHECK(slug_is(str_join(a, (Str[]){ cut, S("-9999") }, 2)));
}

TEST("what a slug is: small letters and digits of any script in NFC, single hyphens inside, and no id")
{
    static const char *const good[] = { "a", "a-b", "2025", "红树林", "ป่าชายเลน", "cafe", "é" };
    static const char *const bad[] = { "",
                                       "-a",
                                       "a-",
                                       "a--b",
                                       "A",
                                       "a b",
                                       "a_b",
                                       "a/b",
                                       "a.b",
                                       "É",
                                       "e\xCC\x81",
                                       "a\xFF",
                                       "ป่า\xE2\x80\x8Bชายเลน",
                                       "a\xE2\x80\xAE" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!slug_is(str_of(good[i]))) printf("%s\n", good[i]);
        CHECK(slug_is(str_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (slug_is(str_of(bad[i]))) printf("%s\n", bad[i]);
        CHECK(!slug_is(str_of(bad[i])));
    }
    CHECK(!slug_is(id_make(a)));
}

TEST("every slug that is made is one")
{
    static const char *const titles[] = { "Ⅷ ½ ﬁne ㎏ ™", "ﷺ", "🌊 waves", "ʼn's",
                                          "İstanbul", "ǅungla", "ß", "ŉ",
                                          "ὈΔΥΣΣΕΎΣ", "မြန်မာ", "ខ្មែរ", "தமிழ்",
                                          "한국어 한국어", "ລາວ" };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        Str slug = slug_make(a, str_of(titles[i]));
        if (slug.len && !slug_is(slug)) printf("%s: %.*s\n", titles[i], STR_ARG(slug));
        CHECK(!slug.len || slug_is(slug));
    }
}
