#include "text/lang.h"

#include "check.h"

TEST("languages and countries are named in the reader's language")
{
    CHECK_STR(lang_name(a, S("th"), S("en")), "Thai");
    CHECK_STR(lang_name(a, S("th"), S("zh")), "泰语");
    CHECK_STR(lang_name(a, S("zh-Hant"), S("en")), "Chinese (Traditional)");
    CHECK_STR(lang_name(a, S("en"), S("en")), "English");
    CHECK_STR(lang_name(a, S("not a tag"), S("en")), "not a tag");
    CHECK_STR(country_name(a, NULL, S("KH"), S("en")), "Cambodia");
    CHECK_STR(country_name(a, NULL, S("KH"), S("zh")), "柬埔寨");
    CHECK_STR(country_name(a, NULL, S("CN"), S("ar")), "الصين");
    CHECK_STR(country_name(a, NULL, S("kh"), S("en")), "kh");
    CHECK_STR(country_name(a, NULL, S("KH"), S("?")), "Cambodia");
}

TEST("a name that was given for a country goes before ICU's, in its language and its varieties only")
{
    Json *names;
    CHECK(json_read(a, S("{\"TW\":{\"en\":\"Chinese Taipei\",\"zh\":\"中华台北\",\"zh-Hant\":\"中華台北\"}}"), &names, &err));
    CHECK_STR(country_name(a, names, S("TW"), S("en-GB")), "Chinese Taipei");
    CHECK_STR(country_name(a, names, S("TW"), S("zh-Hans")), "中华台北");
    CHECK_STR(country_name(a, names, S("TW"), S("zh-Hant")), "中華台北");
    CHECK_STR(country_name(a, names, S("TW"), S("fr")), "Taïwan");
    CHECK_STR(country_name(a, names, S("KH"), S("en")), "Cambodia");
}

TEST("a tag is a language when it is well formed, and some run from right to left")
{
    CHECK(lang_is(S("zh-Hant")) && lang_is(S("id")) && lang_is(S("en-GB")));
    CHECK(!lang_is(S("")) && !lang_is(S("zh_CN!")) && !lang_is(S("english language")));
    CHECK(lang_rtl(S("ar")) && lang_rtl(S("fa")));
    CHECK(!lang_rtl(S("en")) && !lang_rtl(S("th")) && !lang_rtl(S("")));
}

TEST("the language of a page is the best of what the reader takes and the node has")
{
    static const Str have[] = { S_INIT("en"), S_INIT("zh"), S_INIT("th"), S_INIT("ar") };
    CHECK_STR(lang_negotiate(S("th"), have, 4), "th");
    CHECK_STR(lang_negotiate(S("zh-Hans-CN,zh;q=0.9,en;q=0.8"), have, 4), "zh");
    CHECK_STR(lang_negotiate(S("fr;q=0.9, ar;q=0.4, th;q=0.5"), have, 4), "th");
    CHECK_STR(lang_negotiate(S("fr, de"), have, 4), "en");
    CHECK_STR(lang_negotiate(S(""), have, 4), "en");
    CHECK_STR(lang_negotiate(S("th;q=0, zh;q=bad"), have, 4), "en");
    CHECK_STR(lang_negotiate(S("zh-x-private, ar;q=0.9"), have, 4), "zh");
    CHECK_STR(lang_negotiate(S(",;,;q=,"), have, 4), "en");
    CHECK_STR(lang_negotiate(S("en"), NULL, 0), "");
}

TEST("dates are written as precisely as they are known, by the Gregorian calendar in every language")
{
    Date day = { 2013, 9, 4, 3 }, month = { 2013, 9, 0, 2 }, year = { 2013, 0, 0, 1 };
    CHECK_STR(date_words(a, day, DATE_LONG, S("en")), "4 September 2013");
    CHECK_STR(date_words(a, day, DATE_LONG, S("en-US")), "September 4, 2013");
    CHECK_STR(date_words(a, month, DATE_SHORT, S("en")), "Sept 2013");
    CHECK_STR(date_words(a, year, DATE_LONG, S("en")), "2013");
    CHECK_STR(date_words(a, day, DATE_LONG, S("zh")), "2013年9月4日");
    CHECK(str_has(date_words(a, day, DATE_LONG, S("th")), S("2013")));
    CHECK(str_has(date_words(a, month, DATE_LONG, S("th")), S("กันยายน")));
    CHECK_STR(date_words(a, (Date){ 0 }, DATE_LONG, S("en")), "");
}

TEST("a date said again, among many others, is said the same")
{
    static const char *const langs[] = { "en", "th", "zh" };
    Str                      first[3][400];
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < 400; i++)
            for (size_t l = 0; l < 3; l++) {
                int64_t at_ms = (i - 100) * 86399999LL; /* also before 1970, and in other minutes */
                Str     said = when_words(a, at_ms, str_of(langs[l]));
                if (turn == 0) first[l][i] = said;
                else CHECK_STR(said, first[l][i].at);
            }
    CHECK_STR(first[0][100], "1 Jan 1970, 00:00 UTC");
    CHECK_STR(first[0][99], "31 Dec 1969, 00:00 UTC");
    CHECK_STR(first[0][101], "1 Jan 1970, 23:59 UTC");
}

TEST("a range names what both ends share once, and shows an open end")
{
    Date from = { 2013, 9, 4, 3 }, to = { 2013, 9, 5, 3 }, year = { 2016, 0, 0, 1 };
    CHECK_STR(date_range_words(a, from, to, S("en")), "4–5 September 2013");
    CHECK_STR(date_range_words(a, from, from, S("en")), "4 September 2013");
    CHECK_STR(date_range_words(a, from, year, S("en")), "2013–2016");
    CHECK_STR(date_range_words(a, year, (Date){ 0 }, S("en")), "2016 –");
    CHECK_STR(date_range_words(a, (Date){ 0 }, year, S("en")), "– 2016");
    CHECK_STR(date_range_words(a, (Date){ 0 }, (Date){ 0 }, S("en")), "");
}

TEST("numbers and money follow the language")
{
    CHECK_STR(number_text(a, 1234567.891, 2, S("en")), "1,234,567.89");
    CHECK_STR(number_text(a, 3, 2, S("en")), "3");
    CHECK_STR(number_text(a, 2.5, 0, S("en")), "2");
    CHECK_STR(number_text(a, 1234.5, 1, S("fr")), "1\u202f234,5");
    CHECK_STR(number_text(a, 1234, 0, S("ar")), "١٬٢٣٤");
    CHECK_STR(money_text(a, 236028.42, S("USD"), S("en")), "USD\u00a0236,028.42");
    CHECK_STR(money_text(a, 5, S("dollars"), S("en")), "5 dollars");
    CHECK_STR(number_plural(a, 1, S("en")), "one");
    CHECK_STR(number_plural(a, 2, S("ar")), "two");
    CHECK_STR(number_plural(a, 1, S("zh")), "other");
}

TEST("a moment is written with its date, its time and that it is UTC")
{
    Str text = when_words(a, 1763922840123, S("en"));
    CHECK(str_has(text, S("23 Nov 2025")));
    CHECK(str_has(text, S("18:34")));
    CHECK(str_ends(text, S(" UTC")));
}
