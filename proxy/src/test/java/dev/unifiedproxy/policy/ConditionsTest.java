package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.identity.IdentifiedRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;
import java.util.Set;

/** {@link Conditions} on a request's head, with near misses. */
final class ConditionsTest {
    private static Certainty certainty(Policies.Rule rule, IdentifiedRequest request) {
        CompiledRule compiled = CompiledRule.of(rule.build(), ScopeName.GLOBAL, 0);
        Binding binding = new Binding(compiled, Optional.empty(), Set.of());
        InboundRequest inbound = request.inbound();
        return Conditions.all(binding, inbound, Asked.about(inbound));
    }

    private static Certainty ofRequest(Policies.Rule rule, Method method, String target) {
        return certainty(rule, Policies.request(Sandboxes.PLAIN, method, "a.example", target));
    }

    private static Certainty ofField(Policies.Rule rule, String... fields) {
        return certainty(
                rule, Policies.request(Sandboxes.PLAIN, Method.POST, "a.example", "/x", fields));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, YES",
        "HEAD, YES",
        "POST, NO",
        "OPTIONS, NO",
    })
    void getIncludesHead(Method method, Certainty expected) {
        assertThat(ofRequest(Policies.deny("r").methods(Method.GET), method, "/"))
                .isEqualTo(expected);
        assertThat(ofRequest(Policies.deny("r").methods(Method.HEAD), Method.GET, "/"))
                .isEqualTo(Certainty.NO);
        assertThat(ofRequest(Policies.deny("r"), method, "/")).isEqualTo(Certainty.YES);
    }

    /** Whatever way a framework may be told another method. */
    @ParameterizedTest
    @CsvSource({
        "X-HTTP-Method-Override, DELETE, MAYBE",
        "x-http-method, delete, MAYBE",
        "X-Method-Override, BREW, MAYBE",
        "X-HTTP-Method-Override, POST, YES",
        "X-HTTP-Methods, DELETE, YES",
    })
    void overrideIsDoubt(String field, String value, Certainty expected) {
        assertThat(ofField(Policies.deny("r").methods(Method.POST), field, value))
                .isEqualTo(expected);
        assertThat(ofField(Policies.deny("r"), field, value)).isEqualTo(Certainty.YES);
    }

    @ParameterizedTest
    @CsvSource({
        "/?_method=DELETE, MAYBE",
        "/?_method=delete, MAYBE",
        "/?_METHOD=DELETE, MAYBE",
        "/?%5Fmethod=DELETE, MAYBE",
        "/?a=1;_method=DELETE, MAYBE",
        "/?_method[]=DELETE, MAYBE",
        "/?_method=, MAYBE",
        "/?_method=POST, YES",
        "/?method=DELETE, YES",
        "/?a=_method, YES",
        "/_method=DELETE, YES",
    })
    void overrideInTheQueryIsDoubt(String target, Certainty expected) {
        assertThat(ofRequest(Policies.deny("r").methods(Method.POST), Method.POST, target))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/admin, /admin, YES",
        "/admin, /admin/, YES",
        "/admin, /%61dmin, YES",
        "/admin, /Admin, NO",
        "/admin, /admin/x, NO",
        "/admin/*, /admin/x, YES",
        "/admin/*, /admin/, NO",
        "/admin/*, /admin/x/y, NO",
        "/admin/**, /admin/x/y, YES",
        "/raw**, /raw/, MAYBE",
        "/admin, /x%2Fadmin, MAYBE",
        "/**, /x%2Fadmin, MAYBE",
        "/admin, /admin;x, MAYBE",
        "/admin, /adm%2569n, MAYBE",
    })
    void path(String glob, String path, Certainty expected) {
        assertThat(ofRequest(Policies.deny("r").paths(glob), Method.GET, path)).isEqualTo(expected);
    }

    @Test
    void oneOfSeveralPathsAndMethodsIsEnough() {
        Policies.Rule rule = Policies.deny("r").paths("/a", "/b").methods(Method.GET, Method.PUT);

        assertThat(ofRequest(rule, Method.PUT, "/b")).isEqualTo(Certainty.YES);
        assertThat(ofRequest(rule, Method.PUT, "/c")).isEqualTo(Certainty.NO);
        assertThat(ofRequest(rule, Method.POST, "/b")).isEqualTo(Certainty.NO);
    }

    @Test
    void everyParameterAndFieldIsNeeded() {
        Policies.Rule query = Policies.deny("r").query("a", "1").query("b", "*");
        Policies.Rule head = Policies.deny("r").header("A", "1").header("B", "*");

        assertThat(ofRequest(query, Method.GET, "/?b=&a=1")).isEqualTo(Certainty.YES);
        assertThat(ofRequest(query, Method.GET, "/?a=1")).isEqualTo(Certainty.NO);
        assertThat(ofRequest(query, Method.GET, "/?a=1&a=2&b=1")).isEqualTo(Certainty.MAYBE);
        assertThat(ofField(head, "A", "1", "B", "x")).isEqualTo(Certainty.YES);
        assertThat(ofField(head, "A", "1")).isEqualTo(Certainty.NO);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Kind, safe, '', '', YES",
        "x-kind, safe, X-KIND, safe, YES",
        "X-Kind, Safe, '', '', NO",
        "X-Kind, unsafe, '', '', NO",
        "X-Kinds, safe, '', '', NO",
        "X-Kind, safe, x-kind, other, MAYBE",
        "X-Kind, other, x-kind, safe, MAYBE",
        "X-Kind, 'other, safe', '', '', MAYBE",
        "X-Kind, 'other,safer', '', '', NO",
        "X_Kind, safe, '', '', MAYBE",
        "X-Kind, safe, X_Kind, other, MAYBE",
    })
    void header(String first, String value, String second, String other, Certainty expected) {
        Policies.Rule rule = Policies.deny("r").header("X-Kind", "safe");

        assertThat(
                        second.isEmpty()
                                ? ofField(rule, first, value)
                                : ofField(rule, first, value, second, other))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, YES",
        "APPLICATION/JSON, YES",
        "application/json; charset=utf-8, YES",
        "application/json ;x, YES",
        "text/csv, YES",
        "application/jsonp, NO",
        "application/x+json, NO",
        "multipart/form-data; boundary=application/json, NO",
        "'text/html, application/json', MAYBE",
        "'image/png; a=b, application/json', MAYBE",
        "application, MAYBE",
        "application/, MAYBE",
        "/json, MAYBE",
        "application/json/x, MAYBE",
        "'', MAYBE",
    })
    void contentType(String value, Certainty expected) {
        assertThat(ofField(types(), "Content-Type", value)).isEqualTo(expected);
    }

    private static Policies.Rule types() {
        return Policies.deny("r").types("application/JSON", "text/*");
    }

    @Test
    void contentTypeThatIsNotThereIsDoubtWhereABodyIs() {
        assertThat(ofField(types())).isEqualTo(Certainty.NO);
        assertThat(
                        certainty(
                                types(),
                                Policies.request(
                                        Sandboxes.PLAIN,
                                        Method.POST,
                                        "a.example",
                                        "/x",
                                        BodyFraming.CHUNKED)))
                .isEqualTo(Certainty.MAYBE);
        assertThat(ofField(types(), "Content-Type", "text/a", "Content-Type", "image/png"))
                .isEqualTo(Certainty.MAYBE);
        assertThat(ofField(types(), "Content-Type", "text/a", "Content-Type", "text/b"))
                .isEqualTo(Certainty.YES);
    }
}
