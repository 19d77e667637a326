package dev.unifiedproxy.config;

import dev.unifiedproxy.host.Hostname;

import java.util.Set;

/**
 * Domains below which anybody can have a name, so that a wildcard for them covers strangers.
 *
 * <p>Every top-level domain is one. Of the others these are the well-known ones: it is a warning
 * that hangs on this list and no decision, so a short list that is right is worth more than a
 * library, and 300 kB of list, that have to be kept current.
 */
final class PublicSuffixes {
    private static final Set<String> WELL_KNOWN =
            Set.of(
                    // registries with a second level
                    "ac.jp",
                    "ac.uk",
                    "co.in",
                    "co.jp",
                    "co.kr",
                    "co.nz",
                    "co.uk",
                    "co.za",
                    "com.ar",
                    "com.au",
                    "com.br",
                    "com.cn",
                    "com.hk",
                    "com.mx",
                    "com.sg",
                    "com.tr",
                    "com.tw",
                    "com.ua",
                    "edu.au",
                    "edu.cn",
                    "gov.au",
                    "gov.uk",
                    "ne.jp",
                    "net.au",
                    "net.br",
                    "net.cn",
                    "net.uk",
                    "or.jp",
                    "org.au",
                    "org.br",
                    "org.cn",
                    "org.uk",
                    // where customers get names
                    "amazonaws.com",
                    "azureedge.net",
                    "azurefd.net",
                    "azurewebsites.net",
                    "blob.core.windows.net",
                    "blogspot.com",
                    "cloudapp.net",
                    "cloudfront.net",
                    "cloudfunctions.net",
                    "core.windows.net",
                    "deno.dev",
                    "digitaloceanspaces.com",
                    "duckdns.org",
                    "elasticbeanstalk.com",
                    "execute-api.us-east-1.amazonaws.com",
                    "firebaseapp.com",
                    "firebaseio.com",
                    "fly.dev",
                    "gitbook.io",
                    "github.dev",
                    "github.io",
                    "githubpreview.dev",
                    "githubusercontent.com",
                    "gitlab.io",
                    "glitch.me",
                    "googleapis.com",
                    "googleusercontent.com",
                    "hf.space",
                    "herokuapp.com",
                    "lambda-url.us-east-1.on.aws",
                    "loca.lt",
                    "myshopify.com",
                    "netlify.app",
                    "ngrok-free.app",
                    "ngrok.app",
                    "ngrok.io",
                    "nip.io",
                    "on.aws",
                    "onrender.com",
                    "pages.dev",
                    "r2.dev",
                    "railway.app",
                    "readthedocs.io",
                    "render.com",
                    "repl.co",
                    "replit.app",
                    "run.app",
                    "s3.amazonaws.com",
                    "sharepoint.com",
                    "sslip.io",
                    "storage.googleapis.com",
                    "supabase.co",
                    "surge.sh",
                    "translate.goog",
                    "trycloudflare.com",
                    "vercel.app",
                    "web.app",
                    "windows.net",
                    "workers.dev",
                    "wordpress.com");

    private PublicSuffixes() {}

    /** Whether strangers have names below it. */
    static boolean covers(Hostname name) {
        return name.text().indexOf('.') < 0 || WELL_KNOWN.contains(name.text());
    }
}
