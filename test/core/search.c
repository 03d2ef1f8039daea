#include "check.h"
#include "core/search.h"

#include <fcntl.h>
#include <pthread.h>
#include <roaring/roaring.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* One text a face, by its place. Written for these tests. */
static const char *const texts[] = {
    "The river basin commission shares hydrological data every week during the flood season.",
    "A commission for forests met in Vientiane; the ministers agreed on mangrove restoration.",
    "La forêt de mangrove protège l'estuaire et nourrit les pêcheurs du delta.",
    "Rừng ngập mặn bảo vệ bờ biển và nuôi dưỡng nghề cá.",
    "Rung chuông báo động khi có lũ.",
    "红树林保护海岸，也是鱼类的家园。",
    "各国部长同意每年交换水文数据。",
    "ป่าชายเลนปกป้องชายฝั่งและเป็นที่อยู่ของปลา",
    "รัฐมนตรีตกลงแลกเปลี่ยนข้อมูลอุทกวิทยาทุกปี",
    "ព្រៃកោងកាងការពារឆ្នេរសមុទ្រ និងជាជម្រករបស់ត្រី",
    "غابات المانغروف تَحمي الساحل وتؤوي الأسماك.",
    "Мангровые леса защищают побережье и дают приют рыбе.",
    "マングローブ林は海岸を守り、魚のすみかになる。",
    "맹그로브 숲은 해안을 지키고 물고기의 집이 된다.",
    "Hutan bakau melindungi pesisir dan menjadi rumah bagi ikan.",
};
#define TEXTS (sizeof texts / sizeof *texts)

static void text_put(Arena *a, Search *s, uint32_t face, const char *text)
{
    search_add(s, face, search_doc_make(a, &(SearchText){ str_of(text), STR_NONE, 1 }, 1));
}

static Search *texts_open(Arena *a, const char *folder, Err *err)
{
    Search *s = NULL;
    if (!check_ok(search_open(folder, &s, err), err, __FILE__, __LINE__, "search_open")) return NULL;
    for (uint32_t i = 0; i < TEXTS; i++) text_put(a, s, i, texts[i]);
    return s;
}

/* The faces found, best first, as "3 1 2". */
static Str found(Arena *a, Search *s, const char *q)
{
    Hits hits = { 0 };
    Err  err;
    Buf *out = buf_open(a);
    if (!search_ask(s, a, str_of(q), STR_NONE, NULL, 10, &hits, &err)) return str_of(err.text);
    for (size_t i = 0; i < hits.count; i++) buf_putf(out, i ? " %u" : "%u", hits.hits[i].face);
    return buf_str(out);
}

static int first(Arena *a, Search *s, const char *q)
{
    Hits hits = { 0 };
    Err  err;
    return search_ask(s, a, str_of(q), STR_NONE, NULL, 10, &hits, &err) && hits.count ? (int)hits.hits[0].face : -1;
}

TEST("a text is found by words, fragments, words run together and variants, in every script")
{
    Search *s = texts_open(a, test_folder(a), &err);
    CHECK_EQ_INT(first(a, s, "shares hydrological data"), 0);
    CHECK_EQ_INT(first(a, s, "drological da"), 0);
    CHECK_EQ_INT(first(a, s, "Vientiane"), 1);
    CHECK_EQ_INT(first(a, s, "restoration ministers forests"), 1);
    CHECK_EQ_INT(first(a, s, "restorationministersforests"), 1);
    CHECK_EQ_INT(first(a, s, "FORET ESTUAIRE"), 2);
    CHECK_EQ_INT(first(a, s, "fore\xCC\x82t de mangrove"), 2);
    CHECK_EQ_INT(first(a, s, "pecheursdeltaforet"), 2);
    CHECK_EQ_INT(first(a, s, "rừng"), 3);
    CHECK_EQ_INT(first(a, s, "rung"), 4);
    CHECK_EQ_INT(first(a, s, "ngap man"), 3);
    CHECK_EQ_INT(first(a, s, "保护海岸"), 5);
    CHECK_EQ_INT(first(a, s, "紅樹林保護"), 5);
    CHECK_EQ_INT(first(a, s, "数据部长"), 6);
    CHECK_EQ_INT(first(a, s, "水文 部长 同意"), 6);
    CHECK_EQ_INT(first(a, s, "ชายฝั่ง"), 7);
    CHECK_EQ_INT(first(a, s, "ปลาชายฝั่งป่า"), 7);
    CHECK_EQ_INT(first(a, s, "แลกเปลี่ยน\u200bข้อมูล"), 8);
    CHECK_EQ_INT(first(a, s, "ឆ្នេរសមុទ្រ"), 9);
    CHECK_EQ_INT(first(a, s, "تحمي الساحل"), 10);
    CHECK_EQ_INT(first(a, s, "побережье леса"), 11);
    CHECK_EQ_INT(first(a, s, "ﾏﾝｸﾞﾛｰﾌﾞ林"), 12);
    CHECK_EQ_INT(first(a, s, "물고기의 집"), 13);
    CHECK_EQ_INT(first(a, s, "해안숲물고기"), 13);
    CHECK_EQ_INT(first(a, s, "ＨＵＴＡＮ　ＢＡＫＡＵ"), 14);
    search_close(s);
}

TEST("what no text has finds nothing")
{
    Search *s = texts_open(a, test_folder(a), &err);
    CHECK_STR(found(a, s, "xylophone"), "");
    CHECK_STR(found(a, s, "量子力学"), "");
    CHECK_STR(found(a, s, ""), "");
    CHECK_STR(found(a, s, "?!…"), "");
    CHECK_STR(found(a, s, "\xFF\xFE"), "");
    search_close(s);
}

TEST("the total counts every face that has the words, and only those within the set asked for")
{
    const char *folder = test_folder(a);
    Search     *s;
    CHECK_OK(search_open(folder, &s, &err));
    for (uint32_t i = 0; i < 1000; i++)
        text_put(a, s, i, str_format(a, "common word %u%s", i, i % 10 ? "" : " tenth").at);
    Hits hits;
    CHECK_OK(search_ask(s, a, S("common"), STR_NONE, NULL, 20, &hits, &err));
    CHECK_EQ_INT(hits.total, 1000);
    CHECK_EQ_INT(hits.count, 20);
    CHECK_EQ_INT(roaring_bitmap_get_cardinality(hits.faces), 1000);
    CHECK_OK(search_ask(s, a, S("tenth common"), STR_NONE, NULL, 1000, &hits, &err));
    CHECK_EQ_INT(hits.total, 100);
    CHECK_EQ_INT(hits.count, 100);
    CHECK_OK(search_ask(s, a, S("common"), STR_NONE, NULL, 1000, &hits, &err));
    CHECK_EQ_INT(hits.count, 1000);
    roaring_bitmap_t *within = roaring_bitmap_from_range(100, 300, 1);
    CHECK_OK(search_ask(s, a, S("tenth"), STR_NONE, within, 1000, &hits, &err));
    CHECK_EQ_INT(hits.total, 20);
    CHECK(roaring_bitmap_is_subset(hits.faces, within));
    CHECK_OK(search_ask(s, a, S("common"), STR_NONE, within, 1000, &hits, &err));
    CHECK_EQ_INT(hits.total, 200);
    roaring_bitmap_free(within);
    search_close(s);
}

TEST("a title weighs more than a body, the word itself more than a longer one")
{
    Search *s;
    CHECK_OK(search_open(test_folder(a), &s, &err));
    SearchText in_body[] = { { S("Notes on transport"), S("en"), 10 },
                             { S("mentions a wetland in passing"), S("en"), 2 } };
    SearchText in_title[] = { { S("Wetland atlas"), S("en"), 10 },
                              { S("maps and a long description of methods"), S("en"), 2 } };
    search_add(s, 1, search_doc_make(a, in_title, 2));
    search_add(s, 2, search_doc_make(a, in_body, 2));
    text_put(a, s, 3, "wetlands");
    CHECK_STR(found(a, s, "wetland"), "1 2 3");
    search_close(s);
}

TEST("titles with all words go before texts with more of them in a row, and a title that is the query goes first")
{
    Search *s;
    CHECK_OK(search_open(test_folder(a), &s, &err));
    for (uint32_t i = 100; i < 400; i++) {
        SearchText in_both[] = { { str_format(a, "Mekong forum on delta fisheries %u", i), S("en"), 10 },
                                 { S("adopted the fisheries action plan"), S("en"), 2 } };
        search_add(s, i, search_doc_make(a, in_both, 2));
    }
    SearchText scattered[] = { { S("Action Plan of the Delta Fisheries"), S("en"), 10 } };
    SearchText itself[] = { { S("Delta Fisheries Action Plan"), S("en"), 10 } };
    SearchText longer[] = { { S("Second Delta Fisheries Action Plan"), S("en"), 10 } };
    search_add(s, 1, search_doc_make(a, scattered, 1));
    search_add(s, 2, search_doc_make(a, itself, 1));
    search_add(s, 3, search_doc_make(a, longer, 1));
    Hits hits;
    CHECK_OK(search_ask(s, a, S("delta fisheries action plan"), STR_NONE, NULL, 3, &hits, &err));
    CHECK_EQ_INT(hits.total, 303);
    CHECK(!hits.near);
    CHECK_EQ_INT(hits.hits[0].face, 2);
    CHECK_EQ_INT(hits.hits[1].face, 3);
    CHECK_EQ_INT(hits.hits[2].face, 1);
    search_close(s);
}

TEST("a fragment counts every text that has its words, however many; what only comes near is said to be near")
{
    Search *s;
    CHECK_OK(search_open(test_folder(a), &s, &err));
    for (uint32_t i = 0; i < 900; i++)
        text_put(a, s, i, str_format(a, "seasonal monitoring of river water, note %u", i).at);
    Hits hits;
    CHECK_OK(search_ask(s, a, S("toring of river wat"), STR_NONE, NULL, 20, &hits, &err));
    CHECK_EQ_INT(hits.total, 900);
    CHECK_EQ_INT(hits.count, 20);
    CHECK(!hits.near);
    CHECK_OK(search_ask(s, a, S("riverwatermonitoring"), STR_NONE, NULL, 20, &hits, &err));
    CHECK(hits.near);
    CHECK(hits.total > 0 && hits.total <= 160);
    search_close(s);
}

TEST("what was removed or replaced is found no more, before and after a flush")
{
    Search *s = texts_open(a, test_folder(a), &err);
    search_remove(s, 1);
    text_put(a, s, 0, "something else");
    CHECK_STR(found(a, s, "Vientiane"), "");
    CHECK_STR(found(a, s, "hydrological"), "");
    CHECK_EQ_INT(first(a, s, "something"), 0);
    CHECK_OK(search_flush(s, 20, &err));
    CHECK_STR(found(a, s, "Vientiane"), "");
    CHECK_STR(found(a, s, "hydrological"), "");
    CHECK_EQ_INT(first(a, s, "something"), 0);
    search_remove(s, 14);
    CHECK_STR(found(a, s, "bakau"), "");
    text_put(a, s, 14, "bakau bakau");
    CHECK_EQ_INT(first(a, s, "bakau"), 14);
    search_close(s);
}

TEST("what was flushed is there after opening, what was not is gone, and the index says up to where it is")
{
    const char *folder = test_folder(a);
    Search     *s = texts_open(a, folder, &err);
    CHECK_EQ_INT(search_applied(s), 0);
    CHECK_OK(search_flush(s, 15, &err));
    search_remove(s, 2);
    CHECK_OK(search_flush(s, 16, &err));
    text_put(a, s, 99, "unflushed words");
    search_close(s);
    CHECK_OK(search_open(folder, &s, &err));
    CHECK_EQ_INT(search_applied(s), 16);
    CHECK_EQ_INT(first(a, s, "保护海岸"), 5);
    CHECK_STR(found(a, s, "estuaire"), "");
    CHECK_STR(found(a, s, "unflushed"), "");
    search_close(s);
}

/* Answers to several questions, scores included. */
static Str answers(Arena *a, Search *s)
{
    static const char *const questions[] = { "alpha", "beta gamma", "wordninewordsix", "ord seven",
                                             "delta", "字三", "字四字五" };
    Buf                     *out = buf_open(a);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        Hits hits;
        Err  err;
        if (!search_ask(s, a, str_of(questions[i]), STR_NONE, NULL, 8, &hits, &err)) return str_of(err.text);
        buf_putf(out, "%s: %llu", questions[i], (unsigned long long)hits.total);
        for (size_t k = 0; k < hits.count; k++) buf_putf(out, " %u %.6f", hits.hits[k].face, hits.hits[k].score);
        buf_put_byte(out, '\n');
    }
    return buf_str(out);
}

static void numbered_put(Arena *a, Search *s, uint32_t i)
{
    static const char *const words[] = {
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
    };
    static const char *const signs[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };
    text_put(a, s, i,
             str_format(a, "alpha word%s %s gamma%u 字%s%s word%s %s", words[i % 10], i % 3 ? "beta" : "delta", i % 7,
                        signs[i % 10], signs[i / 10 % 10], words[i / 7 % 10], i % 5 ? "gamma" : "")
                 .at);
}

TEST("the answers do not depend on how the index came about")
{
    Search     *once, *bits, *again;
    const char *folder = test_folder(a);
    CHECK_OK(search_open(test_folder(a), &once, &err));
    CHECK_OK(search_open(folder, &bits, &err));
    for (uint32_t i = 0; i < 400; i++) numbered_put(a, once, i);
    for (uint32_t i = 0; i < 400; i++) {
        uint32_t face = i * 149 % 400;
        text_put(a, bits, face, "delta alpha beta word seven gone again 字三字四");
        text_put(a, bits, 1000 + i, "beta gamma alpha delta 字五");
        if (i % 9 == 0) CHECK_OK(search_flush(bits, i, &err));
        numbered_put(a, bits, face);
        if (i % 13 == 0) CHECK_OK(search_flush(bits, i, &err));
        search_remove(bits, 1000 + i);
    }
    Str expected = answers(a, once);
    CHECK(str_has(expected, S("alpha: 400 ")));
    CHECK_STR(answers(a, bits), expected);
    CHECK_OK(search_flush(bits, 400, &err));
    CHECK_STR(answers(a, bits), expected);
    search_close(bits);
    CHECK_OK(search_open(folder, &again, &err));
    CHECK_STR(answers(a, again), expected);
    search_close(again);
    search_close(once);
}

TEST("a flush that fails loses nothing, and the next one makes all durable")
{
    const char *folder = test_folder(a);
    Search     *s = texts_open(a, folder, &err);
    FOR_EACH_FAULT (FAULT_INDEX_FLUSH) {
        CHECK_ERR(search_flush(s, 5, &err), ERR_STORE);
        CHECK_EQ_INT(first(a, s, "保护海岸"), 5);
        CHECK_EQ_INT(search_applied(s), 0);
    }
    for (int step = 1; step < 12; step++) {
        text_put(a, s, 50, str_format(a, "step%d", step).at);
        fault_arm(FAULT_INDEX_FLUSH, step, FAULT_ONCE, 0);
        bool ok = search_flush(s, 6, &err);
        fault_disarm_all();
        CHECK(ok || err.code == ERR_STORE);
        CHECK_EQ_INT(first(a, s, str_format(a, "step%d", step).at), 50);
    }
    CHECK_OK(search_flush(s, 7, &err));
    search_close(s);
    CHECK_OK(search_open(folder, &s, &err));
    CHECK_EQ_INT(search_applied(s), 7);
    CHECK_EQ_INT(first(a, s, "step11"), 50);
    CHECK_EQ_INT(first(a, s, "保护海岸"), 5);
    CHECK_STR(found(a, s, "step10"), "");
    search_close(s);
}

TEST("damage to any file of the index is ERR_CORRUPT and names the way out")
{
    const char *folder = test_folder(a);
    Search     *s = texts_open(a, folder, &err);
    CHECK_OK(search_flush(s, 5, &err));
    search_close(s);
    Str   *names;
    size_t n;
    CHECK_OK(folder_list(a, folder, &names, &n, &err));
    CHECK_EQ_INT(n, 2);
    for (size_t i = 0; i < n; i++) {
        const char *path = path_join(a, str_of(folder), names[i]).at;
        Str         bytes;
        CHECK_OK(file_read(a, path, 1 << 20, &bytes, &err));
        CHECK_EQ_INT(truncate(path, (off_t)bytes.len - 5), 0);
        CHECK_ERR(search_open(folder, &s, &err), ERR_CORRUPT);
        CHECK(str_has(str_of(err.text), S("banyan rebuild")));
        CHECK_OK(file_replace(path, bytes, 0600, &err));
    }
    for (size_t i = 0; i < n; i++)
        if (str_ends(names[i], S(".seg"))) unlink(path_join(a, str_of(folder), names[i]).at);
    CHECK_ERR(search_open(folder, &s, &err), ERR_CORRUPT);
}

TEST("files of an unfinished flush are tidied away")
{
    const char *folder = test_folder(a);
    CHECK_OK(file_replace(str_format(a, "%s/00000009.seg", folder).at, S("half"), 0600, &err));
    CHECK_OK(file_replace(str_format(a, "%s/manifest.part", folder).at, S("half"), 0600, &err));
    Search *s = texts_open(a, folder, &err);
    Str    *names;
    size_t  n;
    CHECK_OK(folder_list(a, folder, &names, &n, &err));
    CHECK_EQ_INT(n, 0);
    search_close(s);
}

TEST("a hostile query is answered like any other")
{
    Search           *s = texts_open(a, test_folder(a), &err);
    Hits              hits;
    char             *big = arena_new(a, 1 << 20);
    const char *const fills[] = { "a", "ab ", "ก", "字", "\xCC\x81", "\xFF", "é", "\xEF\xB7\xBA" };
    for (size_t f = 0; f < sizeof fills / sizeof *fills; f++) {
        size_t n = strlen(fills[f]), len = 0;
        for (; len + n <= 1 << 20; len += n) memcpy(big + len, fills[f], n);
        CHECK_OK(search_ask(s, a, (Str){ big, len }, STR_NONE, NULL, 10, &hits, &err));
        Str lang;
        search_excerpt(a, (Str){ big, len }, &(SearchText){ (Str){ big, len }, S("en"), 1 }, 1, 100, &lang);
    }
    search_close(s);
}

static Str excerpt(Arena *a, const char *q, const char *text, size_t characters)
{
    Str lang;
    return search_excerpt(a, str_of(q), &(SearchText){ str_of(text), S("en"), 1 }, 1, characters, &lang);
}

TEST("an excerpt marks the original characters, whole graphemes, and escapes the rest")
{
    CHECK_STR(excerpt(a, "foret", "La <Forêt> & l'eau", 100), "La &lt;<mark>Forêt</mark>&gt; &amp; l&#39;eau");
    CHECK_STR(excerpt(a, "fore", "la fore\xCC\x82t", 100), "la <mark>fore\xCC\x82</mark>t");
    CHECK_STR(excerpt(a, "保护", "红树林保護海岸。", 100), "红树林<mark>保護</mark>海岸。");
    CHECK_STR(excerpt(a, "ชายฝั่ง", "ปกป้องชายฝั่งและ", 100), "ปกป้อง<mark>ชายฝั่ง</mark>และ");
    CHECK_STR(excerpt(a, "hydrologicaldata", "shares hydrological data", 100), "shares <mark>hydrological data</mark>");
    CHECK_STR(excerpt(a, "nothing", "of the kind", 100), "of the kind");
    CHECK_STR(excerpt(a, "x", "", 100), "");
}

TEST("an excerpt is cut around what matches, at words, and says which text it is from")
{
    Buf *text = buf_open(a);
    for (int i = 0; i < 100; i++) buf_putf(text, "word%d ", i);
    Str        lang = STR_NONE;
    SearchText both[] = { { S("Titel"), S("de"), 10 }, { buf_str(text), S("en"), 1 } };
    Str        got = search_excerpt(a, S("word50"), both, 2, 60, &lang);
    CHECK_STR(lang, "en");
    CHECK(str_has(got, S("<mark>word50</mark>")));
    CHECK(str_starts(got, S("… word4")));
    CHECK(str_ends(got, S(" …")));
    CHECK(got.len <= 60 + sizeof "… <mark></mark> …" + 4);
    CHECK(str_starts(excerpt(a, "word0", buf_str(text).at, 60), S("<mark>word0</mark> word1")));
}

/* What a process killed in the middle of a flush leaves: the state before or after it. */
static void flush_killed(Arena *a, const char *folder, int step)
{
    pid_t child = fork();
    if (child == 0) {
        Search *s;
        Err     err;
        if (!search_open(folder, &s, &err)) _exit(9);
        fault_arm(FAULT_INDEX_FLUSH, step, FAULT_KILL, 0);
        text_put(a, s, 200 + (uint32_t)step, "after");
        search_remove(s, 199 + (uint32_t)step);
        search_flush(s, 100 + (uint64_t)step, &err);
        _exit(0);
    }
    int status = 0;
    CHECK_EQ_INT(waitpid(child, &status, 0), child);
    CHECK(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
}

TEST("a kill in the middle of a flush leaves the state before or after it")
{
    const char *folder = test_folder(a);
    Search     *s = texts_open(a, folder, &err);
    CHECK_OK(search_flush(s, 100, &err));
    search_close(s);
    for (int step = 1; step < 16; step++) {
        CHECK_OK(search_open(folder, &s, &err));
        uint64_t before = search_applied(s);
        search_close(s);
        flush_killed(a, folder, step);
        CHECK_OK(search_open(folder, &s, &err));
        uint64_t applied = search_applied(s);
        CHECK(applied == before || applied == 100 + (uint64_t)step);
        CHECK_EQ_INT(first(a, s, "保护海岸"), 5);
        CHECK_EQ_INT(first(a, s, "after"), applied > 100 ? (int)(100 + applied) : -1);
        search_close(s);
    }
}

typedef struct {
    Search      *s;
    atomic_bool *stop;
    atomic_int  *wrong;
} Asker;

/* Face 5 is there all the time; what else is, changes. */
static void *ask_on(void *p)
{
    Asker *asker = p;
    Arena *a = arena_open(0);
    while (!atomic_load(asker->stop)) {
        arena_reset(a);
        if (first(a, asker->s, "保护海岸") != 5) atomic_fetch_add(asker->wrong, 1);
        Hits hits;
        Err  err;
        if (!search_ask(asker->s, a, S("word gamma1"), STR_NONE, NULL, 10, &hits, &err))
            atomic_fetch_add(asker->wrong, 1);
    }
    arena_close(a);
    return NULL;
}

TEST("questions are answered while texts change, are flushed and merged")
{
    Search     *s = texts_open(a, test_folder(a), &err);
    atomic_bool stop = false;
    atomic_int  wrong = 0;
    pthread_t   threads[3];
    Asker       asker = { s, &stop, &wrong };
    for (int i = 0; i < 3; i++) CHECK_EQ_INT(pthread_create(&threads[i], NULL, ask_on, &asker), 0);
    for (uint32_t i = 0; i < 300; i++) {
        Arena *scratch = arena_open(0);
        numbered_put(scratch, s, 100 + i % 90);
        if (i % 3 == 0) search_remove(s, 100 + i % 50);
        if (i % 10 == 0) CHECK_OK(search_flush(s, i, &err));
        arena_close(scratch);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    CHECK_EQ_INT(atomic_load(&wrong), 0);
    search_close(s);
}
