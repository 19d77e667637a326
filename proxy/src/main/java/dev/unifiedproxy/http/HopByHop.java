package dev.unifiedproxy.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of one message that end here and are not passed on.
 *
 * <p>These are what the message's Connection field nominates and the fixed set of <a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-7.6.1">RFC 9110 section 7.6.1</a>.
 * Stricter than the RFC: Proxy-Authenticate, Proxy-Authorization and the framing fields
 * (Content-Length, Transfer-Encoding, Trailer) never pass either, because the proxy answers for
 * itself and frames every message itself.
 *
 * <p>A nomination counts whatever it names. So it has to be applied before the proxy adds a field
 * of its own: {@code Connection: authorization} takes away the sender's Authorization, never ours.
 */
public final class HopByHop implements Predicate<String> {
    private static final HopByHop FIXED_ONLY = new HopByHop(Set.of());

    /** In lower case. */
    private final Set<String> nominated;

    private HopByHop(Set<String> nominated) {
        this.nominated = nominated;
    }

    /** The fields that end here of a request or response with these lines. */
    public static HopByHop of(Headers headers) {
        Set<String> nominated = null;
        for (int line = 0; line < headers.size(); line++) {
            if (!isConnection(headers.name(line)) || isCommon(headers.value(line))) {
                continue;
            }
            if (nominated == null) {
                nominated = new HashSet<>();
            }
            for (String element : headers.value(line).split(",", -1)) {
                nominated.add(element.strip().toLowerCase(Locale.ROOT));
            }
        }
        return nominated == null ? FIXED_ONLY : new HopByHop(nominated);
    }

    /** The lines of a request or response that pass on, in their order. */
    public static Headers strip(Headers headers) {
        return headers.without(of(headers));
    }

    /** Whether the field with this name ends here. */
    @Override
    public boolean test(String name) {
        return isFixed(name)
                || (!nominated.isEmpty() && nominated.contains(name.toLowerCase(Locale.ROOT)));
    }

    /** Nearly every Connection field; nominates nothing that the fixed set does not have. */
    private static boolean isCommon(String value) {
        return value.equalsIgnoreCase("keep-alive")
                || value.equalsIgnoreCase("close")
                || value.equalsIgnoreCase("upgrade");
    }

    private static boolean isConnection(String name) {
        return name.length() == 10 && name.equalsIgnoreCase("connection");
    }

    /** By length first: one comparison for nearly every name. */
    private static boolean isFixed(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("te");
            case 7 -> name.equalsIgnoreCase("trailer") || name.equalsIgnoreCase("upgrade");
            case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
            case 14 -> name.equalsIgnoreCase("content-length");
            case 16 -> name.equalsIgnoreCase("proxy-connection");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            case 18 -> name.equalsIgnoreCase("proxy-authenticate");
            case 19 -> name.equalsIgnoreCase("proxy-authorization");
            default -> false;
        };
    }
}
