/* Made-up records for measuring, about 1 KB each, as JSON Lines: corpus COUNT [FIRST].

   The same COUNT gives the same bytes on every machine; records FIRST to COUNT - 1 are those of the
   longer run. Texts are in English and one of seven other languages: frequent words are real ones,
   chosen the more often the earlier they stand, a third are rare words of the script's own letters.
   Records link to organisations, frameworks and countries made in the same run. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define ORGANISATIONS    400
#define COUNTRIES        12
#define FRAMEWORKS       6
#define RARE_WORDS       20000
#define DESCRIPTION_SIZE 260 /* bytes a language */

typedef struct {
    const char *tag, *space;
    const char *words[24];
    const char *letters[16]; /* of rare words */
} Language;

static const Language languages[] = {
    { "en",
      " ",
      { "water", "green", "river", "waste", "forest", "cooperation", "energy", "city",
        "carbon", "climate", "training", "policy", "regional", "monitoring", "clean", "sustainable",
        "air", "quality", "biodiversity", "partnership", "industry", "technology", "soil", "recycling" },
      { "ba", "co", "de", "fi", "lo", "ma", "ne", "po", "ra", "si", "ta", "ven", "mor", "tis", "gal", "ur" } },
    { "zh",
      "",
      { "环境", "合作", "绿色", "水", "能源", "城市", "森林", "气候", "政策", "污染", "监测", "区域",
        "可持续", "发展", "技术", "废物", "空气", "质量", "生物多样性", "伙伴关系", "工业", "土壤", "回收", "培训" },
      { "江", "湖", "山", "海", "林", "草", "田", "石", "云", "雨", "风", "光", "土", "金", "木", "火" } },
    { "th",
      "",
      { "สิ่งแวดล้อม", "ความร่วมมือ", "สีเขียว", "น้ำ", "พลังงาน", "เมือง", "ป่าไม้", "ภูมิอากาศ",
        "นโยบาย", "มลพิษ", "การติดตาม", "ภูมิภาค", "ยั่งยืน", "การพัฒนา", "เทคโนโลยี", "ขยะ",
        "อากาศ", "คุณภาพ", "ชีวภาพ", "หุ้นส่วน", "อุตสาหกรรม", "ดิน", "รีไซเคิล", "ฝึกอบรม" },
      { "กา", "ขี", "คู", "งา", "จี", "ชา", "ดี", "ตา", "ทู", "นี", "บา", "ปี", "มา", "ยู", "รา", "ลี" } },
    { "vi",
      " ",
      { "môi trường", "hợp tác", "xanh", "nước", "năng lượng", "thành phố", "rừng",
        "khí hậu", "chính sách", "ô nhiễm", "giám sát", "khu vực", "bền vững", "phát triển",
        "công nghệ", "chất thải", "không khí", "chất lượng", "đa dạng sinh học", "đối tác", "công nghiệp",
        "đất", "tái chế", "đào tạo" },
      { "ba", "cô", "đê", "gì", "hồ", "khá", "lư", "mộ", "ngã", "ơn", "phở", "quý", "rễ", "sả", "tỉ", "vũ" } },
    { "id",
      " ",
      { "lingkungan", "kerja sama", "hijau", "air", "energi", "kota",
        "hutan", "iklim", "kebijakan", "pencemaran", "pemantauan", "kawasan",
        "berkelanjutan", "pembangunan", "teknologi", "sampah", "udara", "mutu",
        "keanekaragaman", "kemitraan", "industri", "tanah", "daur ulang", "pelatihan" },
      { "ba", "ke", "di", "nga", "lo", "ma", "nyu", "pa", "ra", "su", "ta", "wi", "ja", "tu", "ko", "pe" } },
    { "km",
      "",
      { "បរិស្ថាន", "សហប្រតិបត្តិការ", "បៃតង", "ទឹក", "ថាមពល", "ទីក្រុង", "ព្រៃឈើ", "អាកាសធាតុ",
        "គោលនយោបាយ", "បំពុល", "តាមដាន", "តំបន់", "និរន្តរភាព", "អភិវឌ្ឍន៍", "បច្ចេកវិទ្យា", "សំណល់",
        "ខ្យល់", "គុណភាព", "ជីវចម្រុះ", "ភាពជាដៃគូ", "ឧស្សាហកម្ម", "ដី", "កែច្នៃ", "បណ្តុះបណ្តាល" },
      { "កា", "ខេ", "គី", "ងូ", "ចា", "ជី", "ដេ", "តូ", "ទា", "នី", "បា", "ពេ", "មូ", "យា", "រី", "លេ" } },
    { "ar",
      " ",
      { "البيئة", "التعاون", "أخضر", "الماء", "الطاقة", "المدينة", "الغابات", "المناخ",
        "السياسة", "التلوث", "الرصد", "الإقليم", "مستدام", "التنمية", "التقنية", "النفايات",
        "الهواء", "الجودة", "التنوع", "الشراكة", "الصناعة", "التربة", "التدوير", "التدريب" },
      { "با", "تي", "ثو", "جا", "حي", "دو", "را", "زي", "سو", "شا", "في", "قو", "كا", "لي", "مو", "نا" } },
    { "ru",
      " ",
      { "среда", "сотрудничество", "зелёный", "вода", "энергия", "город", "лес",
        "климат", "политика", "загрязнение", "мониторинг", "регион", "устойчивый", "развитие",
        "технология", "отходы", "воздух", "качество", "биоразнообразие", "партнёрство", "промышленность",
        "почва", "переработка", "обучение" },
      { "ба", "во", "де", "жи", "ко", "ла", "ми", "но", "пу", "ре", "со", "ту", "фа", "хи", "ще", "эр" } },
};
#define LANGUAGES (sizeof languages / sizeof *languages)

static const char *const countries[COUNTRIES] = {
    "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "SG", "TH", "VN"
};

typedef struct {
    uint64_t state;
} Dice;

/* splitmix64: each record starts from its own number, so any part of a run can be made alone. */
static uint64_t dice_next(Dice *d)
{
    uint64_t z = (d->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t dice_below(Dice *d, size_t n)
{
    return (size_t)(dice_next(d) % n);
}

/* Small numbers more often than large ones. */
static size_t dice_early(Dice *d, size_t n)
{
    size_t x = dice_below(d, n), y = dice_below(d, n);
    return x < y ? x : y;
}

static void put_word(Buf *out, const Language *l, Dice *d)
{
    if (dice_below(d, 3)) {
        buf_put_z(out, l->words[dice_early(d, 24)]);
        return;
    }
    for (size_t rank = dice_early(d, RARE_WORDS) + 16; rank; rank /= 16) buf_put_z(out, l->letters[rank % 16]);
}

static void put_words(Buf *out, const Language *l, Dice *d, size_t bytes)
{
    size_t from = out->len;
    while (out->len - from < bytes) {
        if (out->len > from) buf_put_z(out, dice_below(d, 9) ? l->space : ", ");
        put_word(out, l, d);
    }
}

/* "key":{"en":"…","th":"…"} */
static void put_text(Buf *out, const char *key, const Language *other, Dice *d, size_t bytes)
{
    buf_putf(out, "\"%s\":{\"en\":\"", key);
    put_words(out, &languages[0], d, bytes);
    if (other != &languages[0]) {
        buf_putf(out, "\",\"%s\":\"", other->tag);
        put_words(out, other, d, bytes);
    }
    buf_put_z(out, "\"}");
}

static void put_country_list(Buf *out, const char *key, Dice *d)
{
    size_t first = dice_below(d, COUNTRIES), n = 1 + dice_below(d, 4);
    buf_putf(out, ",\"%s\":[", key);
    for (size_t i = 0; i < n; i++) buf_putf(out, "%s\"%s\"", i ? "," : "", countries[(first + i) % COUNTRIES]);
    buf_put_z(out, "]");
}

static void put_date(Buf *out, const char *key, Dice *d)
{
    buf_putf(out, ",\"%s\":\"%d-%02d-%02d\"", key, 2004 + (int)dice_below(d, 24), 1 + (int)dice_below(d, 12),
             1 + (int)dice_below(d, 28));
}

static void put_organisation_link(Buf *out, const char *key, Dice *d)
{
    buf_putf(out, ",\"%s\":\"organisation-%zu\"", key, dice_early(d, ORGANISATIONS));
}

static const char *pick(Dice *d, const char *const *from, size_t n)
{
    return from[dice_early(d, n)];
}
#define PICK(d, ...) \
    pick((d), (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void begin(Buf *out, const char *kind, uint64_t i, const char *owner)
{
    buf_putf(out, "{\"kind\":\"%s\",\"slug\":\"%s-%llu\",\"owner\":\"%s\",\"state\":\"published\",\"doc\":{", kind,
             kind, (unsigned long long)i, owner);
}

static void put_activity(Buf *out, const Language *l, Dice *d)
{
    put_text(out, "name", l, d, 45);
    buf_putf(out, ",\"type\":\"%s\",\"status\":\"%s\",",
             PICK(d, "project", "programme", "demonstration", "platform", "research"),
             PICK(d, "active", "completed", "planned"));
    put_text(out, "description", l, d, DESCRIPTION_SIZE);
    put_date(out, "start", d);
    buf_putf(out, ",\"frameworks\":[\"framework-%zu\"]", dice_below(d, FRAMEWORKS));
    put_organisation_link(out, "lead", d);
    put_country_list(out, "parties", d);
    buf_putf(out, ",\"country\":\"%s\",\"place\":{\"lat\":%.3f,\"lon\":%.3f},\"participants\":%zu",
             countries[dice_below(d, COUNTRIES)], -10 + (double)dice_below(d, 50000) / 1000,
             95 + (double)dice_below(d, 40000) / 1000, dice_below(d, 5000));
}

static void put_document(Buf *out, const Language *l, Dice *d)
{
    put_text(out, "name", l, d, 60);
    buf_putf(out, ",\"type\":\"%s\",\"languages\":[\"%s\"],",
             PICK(d, "report", "declaration", "action-plan", "strategy", "policy"), l->tag);
    put_text(out, "description", l, d, DESCRIPTION_SIZE);
    put_date(out, "date", d);
    buf_putf(out, ",\"frameworks\":[\"framework-%zu\"],\"pages\":%zu,\"symbol\":\"DOC/%zu/%zu\"",
             dice_below(d, FRAMEWORKS), 1 + dice_below(d, 400), 2004 + dice_below(d, 24), dice_below(d, 100000));
}

static void put_technology(Buf *out, const Language *l, Dice *d)
{
    put_text(out, "name", l, d, 45);
    buf_putf(out, ",\"type\":[\"%s\"],\"sector\":\"%s\",", PICK(d, "offer", "need"),
             PICK(d, "water", "waste", "energy", "adaptation", "monitoring", "land", "air"));
    put_text(out, "description", l, d, DESCRIPTION_SIZE);
    buf_putf(out, ",\"readiness\":%zu", 1 + dice_below(d, 9));
    put_country_list(out, "needed_in", d);
}

static void put_meeting(Buf *out, const Language *l, Dice *d)
{
    put_text(out, "name", l, d, 50);
    buf_putf(out, ",\"type\":\"%s\",\"status\":\"%s\",",
             PICK(d, "workshop", "ministerial", "forum", "dialogue", "training"), PICK(d, "held", "planned"));
    put_text(out, "description", l, d, DESCRIPTION_SIZE);
    put_date(out, "start", d);
    buf_putf(out, ",\"frameworks\":[\"framework-%zu\"],\"country\":\"%s\",\"participants\":%zu",
             dice_below(d, FRAMEWORKS), countries[dice_below(d, COUNTRIES)], dice_below(d, 600));
    put_country_list(out, "parties", d);
}

typedef struct {
    const char *kind;
    int         share; /* of a hundred */
    void (*put)(Buf *out, const Language *l, Dice *d);
} Recipe;

static const Recipe recipes[] = {
    { "activity", 60, put_activity },
    { "document", 18, put_document },
    { "technology", 12, put_technology },
    { "meeting", 10, put_meeting },
};

static const Recipe *recipe_pick(Dice *d)
{
    int at = (int)dice_below(d, 100);
    for (size_t i = 0;; i++) {
        if (at < recipes[i].share) return &recipes[i];
        at -= recipes[i].share;
    }
}

/* Those that others link to come first. */
static bool put_basis(Buf *out, uint64_t i, Dice *d)
{
    if (i < COUNTRIES) {
        const char *code = countries[i];
        buf_putf(out,
                 "{\"kind\":\"country\",\"slug\":\"%c%c\",\"owner\":\"organisation-0\",\"state\":\"published\","
                 "\"doc\":{\"code\":\"%s\",\"type\":\"country\"}}",
                 code[0] + 32, code[1] + 32, code);
        return true;
    }
    i -= COUNTRIES;
    if (i < FRAMEWORKS) {
        begin(out, "framework", i, "organisation-0");
        put_text(out, "name", &languages[1], d, 40);
        put_country_list(out, "parties", d);
        buf_put_z(out, "}}");
        return true;
    }
    i -= FRAMEWORKS;
    if (i < ORGANISATIONS) {
        begin(out, "organisation", i, "organisation-0");
        put_text(out, "name", &languages[i % LANGUAGES], d, 40);
        buf_putf(out, ",\"type\":\"%s\",\"country\":\"%s\"}}", PICK(d, "agency", "research", "ngo"),
                 countries[i % COUNTRIES]);
        return true;
    }
    return false;
}

static void put_record(Buf *out, uint64_t i)
{
    Dice d = { i * 0x2545F4914F6CDD1Du + 1 };
    if (put_basis(out, i, &d)) return;
    const Recipe   *recipe = recipe_pick(&d);
    const Language *other = &languages[dice_below(&d, LANGUAGES)];
    char            owner[40];
    snprintf(owner, sizeof owner, "organisation-%zu", dice_early(&d, ORGANISATIONS));
    begin(out, recipe->kind, i, owner);
    recipe->put(out, other, &d);
    buf_put_z(out, "}}");
}

int main(int argc, char **argv)
{
    int64_t count = 0, first = 0;
    if (argc < 2 || argc > 3 || !str_to_i64(str_of(argv[1]), &count) ||
        (argc == 3 && !str_to_i64(str_of(argv[2]), &first))) {
        fputs("corpus COUNT [FIRST]\n", stderr);
        return 2;
    }
    Buf line = { 0 };
    for (int64_t i = first; i < count; i++) {
        buf_clear(&line);
        put_record(&line, (uint64_t)i);
        buf_put_byte(&line, '\n');
        if (fwrite(line.at, 1, line.len, stdout) != line.len) return 6;
    }
    buf_free(&line);
    return fflush(stdout) == 0 ? 0 : 6;
}
