package dev.unifiedproxy.config;

import dev.unifiedproxy.host.HostPattern;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.policy.AllowRule;
import dev.unifiedproxy.policy.HostTarget;

import java.util.HashSet;
import java.util.Set;

/** The forms in which the files of the policy name hosts. */
final class HostRuleSyntax {
    private HostRuleSyntax() {}

    /**
     * Parses one entry.
     *
     * @throws IllegalArgumentException when it is not of that form; the message says what is
     */
    static AllowRule parse(String text, String place, String type) {
        checkBare(text);
        boolean deny = text.startsWith("!");
        String host = deny ? text.substring(1) : text;
        int colon = portColon(host);
        if (colon < 0) {
            return new AllowRule(HostPattern.parse(host), Set.of(), deny, place, type);
        }
        if (deny) {
            throw expected(
                    text, "no port, a denial holds for all: " + text.substring(0, colon + 1));
        }
        int port = port(text, host.substring(colon + 1));
        HostPattern pattern = HostPattern.parse(host.substring(0, colon));
        return new AllowRule(pattern, Set.of(port), false, place, type);
    }

    /**
     * Parses {@code pattern[:port[,port]]}, as rules of {@code policy.yaml} name hosts.
     *
     * @throws IllegalArgumentException when it is not of that form; the message says what is
     */
    static HostTarget parseTarget(String text) {
        checkBare(text);
        if (text.startsWith("!")) {
            throw expected(text, "a host without '!', a rule with 'action: deny' refuses");
        }
        int colon = portColon(text);
        if (colon < 0) {
            return new HostTarget(HostPattern.parse(text), Set.of());
        }
        Set<Integer> ports = new HashSet<>();
        for (String port : text.substring(colon + 1).split(",", -1)) {
            ports.add(port(text, port));
        }
        return new HostTarget(HostPattern.parse(text.substring(0, colon)), ports);
    }

    private static void checkBare(String text) {
        if (text.isEmpty()) {
            throw expected(text, "a host name, '*.name' or an address");
        }
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            throw expected(text, "a host without scheme and path, " + hostOf(text, scheme + 3));
        }
        if (text.indexOf('/') >= 0) {
            throw expected(text, "a host without path, " + hostOf(text, 0));
        }
        if (text.indexOf('@') >= 0) {
            throw expected(text, "a host without user name");
        }
    }

    /** The host alone, where an endpoint or a blocked path is bound to it. */
    static HostPattern parseHost(String text) {
        AllowRule rule = parse(text, "", "");
        if (rule.deny() || !rule.ports().isEmpty()) {
            throw expected(text, "a host without '!' and port, " + rule.pattern().text());
        }
        return rule.pattern();
    }

    /** The colon before a port: behind brackets, or the only one. */
    private static int portColon(String host) {
        if (host.startsWith("[")) {
            int close = host.indexOf("]:");
            return close < 0 ? -1 : close + 1;
        }
        int colon = host.indexOf(':');
        return colon == host.lastIndexOf(':') ? colon : -1;
    }

    private static int port(String text, String digits) {
        int value = 0;
        boolean valid = !digits.isEmpty() && digits.length() <= 5 && digits.charAt(0) != '0';
        for (int i = 0; valid && i < digits.length(); i++) {
            char c = digits.charAt(i);
            valid = c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        if (!valid || value > 65535) {
            throw expected(text, "a port from 1 to 65535 behind the ':'");
        }
        return value;
    }

    private static String hostOf(String text, int from) {
        int end = text.indexOf('/', from);
        String host = text.substring(from, end < 0 ? text.length() : end);
        try {
            return "such as " + Problem.quoted(HostPattern.parse(host).text());
        } catch (HostSyntaxException e) {
            return "such as 'example.com'";
        }
    }

    private static IllegalArgumentException expected(String text, String what) {
        return new IllegalArgumentException(
                Problem.quoted(text) + " is not a host (expected: " + what + ")");
    }
}
