/* Any bytes as a date, a time, coordinates and numbers: what is read has a text that reads as the same. */
#include "base/time.h"
#include "data/date_form.h"
#include "data/degrees.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void expect(bool ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    Arena  *a = arena_open(0);
    Str     text = { (const char *)bytes, n };
    Date    date, same_date;
    int64_t at_ms, same_ms, whole;
    double  number;
    if (date_read(text, &date)) {
        expect(str_eq(date_text(a, date), text));
        expect(date_days(date) <= date_days_last(date));
        same_date = date_of_ms((int64_t)date_days(date) * 86400000);
        expect(same_date.year == date.year);
    }
    if (time_read(text, &at_ms)) {
        expect(time_read(time_text(a, at_ms), &same_ms));
        /* A zone may carry a time out of the years that have a text. */
        Date day = date_of_ms(at_ms);
        expect(same_ms == at_ms || day.year == 0 || day.year == 9999);
    }
    if (str_to_i64(text, &whole)) expect(str_to_double(text, &number) || n > 1000);
    str_is_utf8(text);
    /* A form, a line end, a text. */
    Cut     form = str_cut(text, '\n');
    int64_t micros;
    if (date_form_read(form.tail, form.head, &micros)) {
        expect(date_form_known(form.head));
        expect(date_form_year(micros) >= 0 && date_form_year(micros) <= 9999);
    }
    double degrees;
    if (degrees_read(text, true, &degrees)) expect(degrees >= -90 && degrees <= 90);
    if (degrees_read(text, false, &degrees)) expect(degrees >= -180 && degrees <= 180);
    arena_close(a);
    return 0;
}
