package dev.unifiedproxy.policy;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whether what a rule wants to hold does, for a request. */
final class Conditions {
    /** Kinds of conditions, in the order in which they are looked at. */
    enum Kind {
        PORT,
        METHOD,
        PATH,
        QUERY,
        HEADER,
        CONTENT_TYPE;

        private static final Kind[] ORDER = values();
    }

    private Conditions() {}

    /** Whether all of them hold. */
    static Certainty all(Binding binding, InboundRequest request, Asked asked) {
        Certainty all = Certainty.YES;
        for (Kind kind : Kind.ORDER) {
            all = all.and(one(kind, binding, request, asked));
            if (all == Certainty.NO) {
                return all;
            }
        }
        return all;
    }

    /** Whether those of one kind hold; they do where the rule has none. */
    static Certainty one(Kind kind, Binding binding, InboundRequest request, Asked asked) {
        RuleMatch match = binding.rule().rule().match();
        return switch (kind) {
            case PORT -> sure(binding.names(request.authority().port()));
            case METHOD -> method(match.methods(), request, asked);
            case PATH -> path(match.paths(), request.target().path());
            case QUERY -> query(match.query(), asked);
            case HEADER -> headers(match.headers(), request.head().headers());
            case CONTENT_TYPE -> contentType(binding.rule().contentTypes(), request);
        };
    }

    private static Certainty sure(boolean holds) {
        return holds ? Certainty.YES : Certainty.NO;
    }

    private static Certainty method(Set<Method> methods, InboundRequest request, Asked asked) {
        if (methods.isEmpty()) {
            return Certainty.YES;
        }
        Certainty all = sure(covers(methods, request.method()));
        for (MethodOverride.Wish wish : MethodOverride.wishes(request, asked)) {
            all =
                    all.or(
                            wish.method()
                                    .map(method -> sure(covers(methods, method)))
                                    .orElse(Certainty.MAYBE));
        }
        return all;
    }

    /** A HEAD tells no more than the GET would. */
    static boolean covers(Set<Method> methods, Method method) {
        return methods.contains(method) || (method == Method.HEAD && methods.contains(Method.GET));
    }

    /** Servers differ in whether a '/' at the end makes another path. */
    private static Certainty path(List<PathGlob> paths, NormalPath path) {
        if (paths.isEmpty()) {
            return Certainty.YES;
        }
        if (path.ambiguous()) {
            return Certainty.MAYBE;
        }
        String text = path.text();
        int length = PathGlob.judgedLength(text);
        Certainty best = Certainty.NO;
        for (PathGlob glob : paths) {
            if (glob.matches(text, length)) {
                return Certainty.YES;
            }
            if (length < text.length() && glob.matches(text, text.length())) {
                best = Certainty.MAYBE;
            }
        }
        return best;
    }

    private static Certainty query(List<FieldMatch> wanted, Asked asked) {
        Certainty all = Certainty.YES;
        for (FieldMatch each : wanted) {
            all = all.and(asked.query().certainty(each));
        }
        return all;
    }

    private static Certainty headers(List<FieldMatch> wanted, Headers headers) {
        Certainty all = Certainty.YES;
        for (FieldMatch each : wanted) {
            all = all.and(header(each, headers));
        }
        return all;
    }

    /** Gateways to CGI and its kind take '_' and '-' for the same; some readers split at commas. */
    private static Certainty header(FieldMatch wanted, Headers headers) {
        boolean matching = false;
        boolean doubtful = false;
        for (int line = 0; line < headers.size(); line++) {
            String name = headers.name(line);
            boolean certain = name.equalsIgnoreCase(wanted.name());
            if (!certain
                    && !name.replace('_', '-').equalsIgnoreCase(wanted.name().replace('_', '-'))) {
                continue;
            }
            String value = headers.value(line);
            boolean whole = wanted.value().matches(value);
            boolean matches = whole || matchesElement(wanted.value(), value);
            matching |= matches;
            doubtful |= !certain || !whole;
        }
        return Certainty.ofOccurrences(matching, doubtful);
    }

    private static boolean matchesElement(TextGlob glob, String value) {
        if (value.indexOf(',') < 0) {
            return false;
        }
        for (String element : value.split(",", -1)) {
            if (glob.matches(element.strip())) {
                return true;
            }
        }
        return false;
    }

    private static Certainty contentType(List<TextGlob> wanted, InboundRequest request) {
        if (wanted.isEmpty()) {
            return Certainty.YES;
        }
        List<String> values = request.head().headers().all("Content-Type");
        if (values.isEmpty()) {
            // A body that nobody names is whatever its reader guesses.
            return request.head().expectsBody() ? Certainty.MAYBE : Certainty.NO;
        }
        Certainty all = mediaType(wanted, values.getFirst());
        for (String value : values) {
            all = all.or(mediaType(wanted, value));
        }
        return all;
    }

    private static Certainty mediaType(List<TextGlob> wanted, String value) {
        int semicolon = value.indexOf(';');
        String type =
                (semicolon < 0 ? value : value.substring(0, semicolon))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        if (!isMediaType(type) || (semicolon >= 0 && value.indexOf(',', semicolon) >= 0)) {
            return Certainty.MAYBE;
        }
        for (TextGlob glob : wanted) {
            if (glob.matches(type)) {
                return Certainty.YES;
            }
        }
        return Certainty.NO;
    }

    /** One '/' between two tokens (RFC 9110 section 8.3.1). */
    private static boolean isMediaType(String type) {
        int slash = type.indexOf('/');
        if (slash <= 0 || slash == type.length() - 1) {
            return false;
        }
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            boolean token =
                    (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            if (!token && i != slash) {
                return false;
            }
        }
        return true;
    }
}
