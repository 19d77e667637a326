package dev.unifiedproxy.http;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * User and password of a Proxy-Authorization: container id and ticket. Never forwarded, never
 * printed.
 *
 * @param user the container id
 * @param password the ticket
 */
public record ProxyCredentials(String user, String password) {
    /**
     * Reads the field. Control characters are refused (<a
     * href="https://datatracker.ietf.org/doc/html/rfc7617#section-2">RFC 7617 section 2</a>).
     *
     * @return empty when there is none
     * @throws RefusedException when it is repeated or is not Basic with base64 of {@code
     *     user:password}
     */
    public static Optional<ProxyCredentials> of(RequestHead head) {
        List<String> fields = head.headers().all("proxy-authorization");
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        String field = fields.getFirst();
        if (fields.size() > 1 || !field.regionMatches(true, 0, "Basic ", 0, 6)) {
            throw refuse();
        }
        try {
            String decoded =
                    new String(
                            Base64.getDecoder().decode(field.substring(6).strip()),
                            StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            if (colon < 0 || hasControl(decoded)) {
                throw refuse();
            }
            return Optional.of(
                    new ProxyCredentials(
                            decoded.substring(0, colon), decoded.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw refuse();
        }
    }

    private static boolean hasControl(String decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            if (Character.isISOControl(decoded.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static RefusedException refuse() {
        return new RefusedException(
                ErrorCode.TICKET_INVALID,
                "Proxy-Authorization is not one field of the form 'Basic"
                        + " base64(container:ticket)'");
    }

    @Override
    public String toString() {
        return "ProxyCredentials[" + user + ":***]";
    }
}
