package dev.unifiedproxy.config;

import dev.unifiedproxy.credential.ProxyLogin;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.host.HostSyntaxException;
import dev.unifiedproxy.upstream.UpstreamProxy;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The settings of the operator's own proxy. No problem that it reports shows a password. */
final class UpstreamProxySettings {
    private static final String PROXY = "PROXY_UPSTREAM_PROXY";
    private static final String LOGIN_FILE = "PROXY_UPSTREAM_PROXY_AUTH_FILE";
    private static final String NO_PROXY = "PROXY_UPSTREAM_NO_PROXY";
    private static final String LOGIN_FORM = "name:password on one line";

    private final SettingValues values;
    private final Optional<Path> loginFile;

    UpstreamProxySettings(SettingValues values, Optional<Path> loginFile) {
        this.values = values;
        this.loginFile = loginFile;
    }

    Optional<UpstreamProxy> read() {
        Optional<String> text = values.text(PROXY);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<URI> uri = uri(text.get());
        if (uri.isEmpty()) {
            wrong(text.get());
            return Optional.empty();
        }
        try {
            Host host = Host.parse(uri.get().getHost());
            return Optional.of(
                    new UpstreamProxy(
                            new Authority(host, uri.get().getPort()),
                            login(text.get(), Optional.ofNullable(uri.get().getUserInfo())),
                            values.hosts(NO_PROXY)));
        } catch (HostSyntaxException e) {
            wrong(text.get());
            return Optional.empty();
        }
    }

    private void wrong(String text) {
        values.wrong(PROXY, withoutLogin(text), "http://[name:password@]host:port");
    }

    /** What is before the last '@' may hold a password, in whatever form. */
    private static String withoutLogin(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : "***" + text.substring(at);
    }

    private static Optional<URI> uri(String text) {
        try {
            URI uri = new URI(text);
            boolean valid =
                    "http".equals(uri.getScheme())
                            && uri.getHost() != null
                            && uri.getPort() > 0
                            && uri.getPort() <= 65_535
                            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            return valid ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private Optional<ProxyLogin> login(String text, Optional<String> inUri) {
        if (loginFile.isPresent()) {
            if (inUri.isPresent()) {
                values.wrong(LOGIN_FILE, loginFile.get().toString(), "one login, not two");
            }
            return fromFile(loginFile.get());
        }
        Optional<ProxyLogin> login = inUri.flatMap(ProxyLogin::parse);
        if (inUri.isPresent() && login.isEmpty()) {
            wrong(text);
        }
        return login;
    }

    private Optional<ProxyLogin> fromFile(Path file) {
        Optional<ProxyLogin> login = Optional.empty();
        try {
            login = ProxyLogin.parse(Files.readString(file).stripTrailing());
        } catch (IOException e) {
            values.wrong(LOGIN_FILE, file.toString(), "a file that can be read, in UTF-8");
            return login;
        }
        if (login.isEmpty()) {
            values.wrong(LOGIN_FILE, file.toString(), LOGIN_FORM);
        }
        return login;
    }
}
