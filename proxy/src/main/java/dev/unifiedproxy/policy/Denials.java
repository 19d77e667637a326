package dev.unifiedproxy.policy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.Method;
import dev.unifiedproxy.http.NormalPath;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The words of every denial; the sentences are those that log filters know. */
final class Denials {
    private static final String DEFAULT_DENY = "default deny";
    private static final String PLAIN_PATH =
            "send the path without ';', without an encoded '/', '\\', '?', '#' or '%', and encoded"
                    + " as UTF-8";
    private static final int MAX_PATH_SHOWN = 200;

    private Denials() {}

    static Decision.Deny ipLiteral(PolicySnapshot snapshot, Asked asked, IpAddress address) {
        String line = address.isV4() ? address.text() : "[" + address.text() + "]";
        return deny(
                "ip_literal",
                ErrorCode.IP_LITERAL,
                "Direct IP access is not permitted",
                defaultRule(snapshot),
                "use the host's name, or " + addHost(snapshot, asked, line));
    }

    static Decision.Deny blocked(Host host, AllowRule rule) {
        return deny(
                "blocklist",
                ErrorCode.HOST_BLOCKED,
                "Domain '" + host.text() + "' is blocked by policy",
                rule.reference(),
                "remove the line \"" + rule.text() + "\" (" + rule.place() + ")");
    }

    static Decision.Deny notListed(PolicySnapshot snapshot, Asked asked) {
        Host host = asked.host();
        return deny(
                "allowlist",
                ErrorCode.HOST_NOT_ALLOWED,
                "Domain '" + host.text() + "' not in allowlist",
                defaultRule(snapshot),
                addHost(snapshot, asked, host.text()));
    }

    static Decision.Deny port(
            PolicySnapshot snapshot, Authority authority, List<HostRules> matching) {
        TreeSet<Integer> allowed = new TreeSet<>();
        String rule = "";
        for (HostRules rules : matching) {
            for (AllowRule allow : rules.allows()) {
                allowed.addAll(allow.ports().isEmpty() ? AllowRule.DEFAULT_PORTS : allow.ports());
                rule = rule.isEmpty() ? allow.reference() : rule;
            }
        }
        return deny(
                "allowlist",
                ErrorCode.PORT_NOT_ALLOWED,
                "Port "
                        + authority.port()
                        + " not allowed for "
                        + authority.host().text()
                        + " (expected: "
                        + allowed.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + ")",
                rule,
                addLine(snapshot, authority.toString()));
    }

    static Decision.Deny ambiguous(Host host, NormalPath path, String rule) {
        return endpoint(
                ErrorCode.PATH_NOT_ALLOWED,
                "Path rejected: '"
                        + shown(path)
                        + "' can be read in more than one way in request to "
                        + host.text(),
                rule,
                PLAIN_PATH);
    }

    static Decision.Deny method(Host host, Method method, EndpointRule rule) {
        return endpoint(
                ErrorCode.METHOD_NOT_ALLOWED,
                "Method '" + method + "' not allowed for " + host.text(),
                rule.reference(),
                "add \"" + method + "\" to the methods of " + owner(rule));
    }

    static Decision.Deny methodOverride(Host host, String field, EndpointRule rule) {
        return endpoint(
                ErrorCode.METHOD_NOT_ALLOWED,
                "Field '" + field + "' asks for a method that is not allowed for " + host.text(),
                rule.reference(),
                "send the method itself, and add it to the methods of " + owner(rule));
    }

    static Decision.Deny path(Host host, NormalPath path, EndpointRule rule) {
        return endpoint(
                ErrorCode.PATH_NOT_ALLOWED,
                "Path '" + shown(path) + "' not in allowed paths for " + host.text(),
                rule.reference(),
                "add \"" + shown(path) + "\" to the paths of " + owner(rule));
    }

    static Decision.Deny blockedPath(
            Host host, NormalPath path, BlockedPaths blocked, PathGlob glob) {
        return endpoint(
                ErrorCode.PATH_NOT_ALLOWED,
                "Path '" + shown(path) + "' is blocked by policy for " + host.text(),
                blocked.place() + " " + blocked.host().text() + " " + glob.text(),
                "remove \""
                        + glob.text()
                        + "\" from the blocked paths of "
                        + blocked.host().text()
                        + " ("
                        + blocked.place()
                        + ")");
    }

    static Decision.Deny bodyTooLarge(Host host, int maxBytes) {
        return deny(
                "body_policy",
                ErrorCode.BODY_TOO_LARGE,
                "The body of this request to "
                        + host.text()
                        + " has to be read by a rule, and is longer than "
                        + maxBytes
                        + " bytes",
                "",
                "send less at once");
    }

    private static String owner(EndpointRule rule) {
        return rule.host().text() + " (" + rule.place() + ")";
    }

    private static String defaultRule(PolicySnapshot snapshot) {
        return snapshot.denyReason()
                .map(reason -> DEFAULT_DENY + ": " + reason)
                .orElse(DEFAULT_DENY);
    }

    /** Who has rules is shown a rule, who has an allowlist alone is shown a line. */
    private static String addHost(PolicySnapshot snapshot, Asked asked, String line) {
        return snapshot.hasRules()
                ? Remedy.add(snapshot.global(), PolicyRule.DEFAULT_PRIORITY, asked).text()
                : addLine(snapshot, line);
    }

    private static String addLine(PolicySnapshot snapshot, String line) {
        String file = snapshot.file();
        String lower = file.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml")
                ? "add \"" + line + "\" to the domains of " + file
                : "add the line \"" + line + "\" to " + file;
    }

    static String shown(NormalPath path) {
        String text = path.text();
        return text.length() <= MAX_PATH_SHOWN ? text : text.substring(0, MAX_PATH_SHOWN) + "…";
    }

    static Decision.Deny endpoint(ErrorCode code, String detail, String rule, String remedy) {
        return deny("endpoint_path", code, detail, rule, remedy);
    }

    static Decision.Deny deny(
            String type, ErrorCode code, String detail, String rule, String remedy) {
        return new Decision.Deny(type, new Refusal(code, detail, rule, remedy));
    }
}
