package dev.unifiedproxy.credential;

import dev.unifiedproxy.http.Headers;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Name and password of this proxy at the operator's own one. Prints as redacted. */
public final class ProxyLogin {
    private final Secret nameAndPassword;

    private ProxyLogin(Secret nameAndPassword) {
        this.nameAndPassword = nameAndPassword;
    }

    /**
     * A login as {@code name:password}; empty when it is not one: no colon, no name, or a control
     * character (<a href="https://datatracker.ietf.org/doc/html/rfc7617#section-2">RFC 7617 section
     * 2</a>).
     */
    public static Optional<ProxyLogin> parse(String text) {
        boolean valid = text.indexOf(':') > 0 && text.chars().noneMatch(Character::isISOControl);
        return valid ? Optional.of(new ProxyLogin(new Secret(text))) : Optional.empty();
    }

    /** The fields of a CONNECT with this login among them. */
    public Headers with(Headers fields) {
        byte[] bytes = nameAndPassword.reveal().getBytes(StandardCharsets.UTF_8);
        return fields.with(
                "proxy-authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return nameAndPassword.toString();
    }
}
