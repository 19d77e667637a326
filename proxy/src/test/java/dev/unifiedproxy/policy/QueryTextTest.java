package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;

/** What two servers could read differently is {@link Certainty#MAYBE}. */
final class QueryTextTest {
    private static Certainty certainty(String query, String name, String glob) {
        return QueryText.parse(query).certainty(new FieldMatch(name, new TextGlob(glob)));
    }

    @ParameterizedTest
    @CsvSource({
        "a=1, YES",
        "a=1&b=2, YES",
        "b=2&&a=1&, YES",
        "%61=%31, YES",
        "a=1&a=1, YES",
        "'', NO",
        "a, NO",
        "a=, NO",
        "a=2, NO",
        "b=1, NO",
        "aa=1, NO",
        "b=a=1, NO",
        "a=1&a=2, MAYBE",
        "a=2&a=1, MAYBE",
        "a=1;b=2, MAYBE",
        "b=2;a=1, MAYBE",
        "b=x;y&a=1, YES",
        "a=1&A=2, MAYBE",
        "A=1, MAYBE",
        "A=2, NO",
        "a[]=1, MAYBE",
        "a[b]=1, MAYBE",
        "[a]=1, NO",
        "'%20a=1', MAYBE",
        "a=%2531, MAYBE",
        "a=%31%, MAYBE",
        "a=%zz, MAYBE",
        "a=%00, MAYBE",
        "a=%ff, MAYBE",
        "a=1&%zz=2, MAYBE",
        "%zz=1, MAYBE",
        "b=%zz, NO",
        "a=1&b=%zz, YES",
    })
    void wantsOne(String query, Certainty expected) {
        assertThat(certainty(query, "a", "1")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a=x+y, x y, MAYBE",
        "a=x+y, x+y, MAYBE",
        "a=x+y, x*y, YES",
        "a=x%20y, x y, YES",
        "a=x%2By, x+y, YES",
        "a=100%25, 100%, YES",
        "a=x+y;z, 'x y', MAYBE",
        "a=%C3%A9, é, YES",
        "a=é, é, MAYBE",
        "a, '', YES",
        "a=, '*', YES",
        "b=1, '*', NO",
    })
    void decodesOnce(String query, String glob, Certainty expected) {
        assertThat(certainty(query, "a", glob)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a_b=1, a_b, YES",
        "a.b=1, a_b, MAYBE",
        "a+b=1, a b, MAYBE",
        "a+b=1, a_b, MAYBE",
        "a[x]=1, a[x], YES",
        "a[y]=1, a[x], NO",
        "a[X]=1, a[x], MAYBE",
    })
    void namesAreFolded(String query, String name, Certainty expected) {
        assertThat(certainty(query, name, "1")).isEqualTo(expected);
    }

    @Test
    void tellsAllPossibleValues() {
        assertThat(
                        QueryText.parse("_method=PUT&x=1;_METHOD=DELETE&%zz=1")
                                .possibleValues("_method"))
                .containsExactlyInAnyOrder(
                        Optional.of("PUT"),
                        Optional.empty(),
                        Optional.of("PUT"),
                        Optional.of("DELETE"),
                        Optional.empty());
        assertThat(QueryText.parse("method=PUT").possibleValues("_method")).isEmpty();
    }
}
