// Frame: what every page has: head, style, links, and the protection that goes with the style.
internal import Crypto

/// A page.
public struct Frame: Sendable {
    /// The title.
    let title: String
    /// The content between header and footer.
    let content: Markup
    /// False for a page that is shown before somebody has come in.
    let hasLinks: Bool
    /// The place of the content: narrow for a form.
    let isNarrow: Bool

    init(_ title: String, hasLinks: Bool = true, isNarrow: Bool = false, _ content: Markup) {
        self.title = title
        self.content = content
        self.hasLinks = hasLinks
        self.isNarrow = isNarrow
    }

    /// The HTML.
    public var html: Markup {
        let links: Markup? =
            hasLinks
            ? """
            <nav aria-label="Pages"><a href="/admin/operations">Operations</a>
            <a href="/admin/calls">Calls</a></nav>
            <form method="post" action="/admin/logout"><button class="plain">Log out</button></form>
            """ : nil
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · callpipe</title>
            <style>\(Style.markup)</style></head>
            <body><header class="top"><a class="brand" href="/admin/operations">callpipe</a>\(links)
            </header><main\(isNarrow ? Markup(" class=\"narrow\"") : nil)>\(content)</main></body></html>

            """
    }

    /// The value of `Content-Security-Policy`: no script, no other origin, and this one style.
    public static let policy: String = {
        let digest = Hexadecimal.bytes(Digest.sha256(Array(Style.text.utf8))) ?? []
        let hash = Base64URL.encode(digest).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return "default-src 'none'; style-src 'sha256-\(String(hash))='; img-src 'self'; "
            + "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    }()
}

/// The style of all pages.
enum Style {
    static var markup: Markup { Markup(stringLiteral: text) }

    static let text = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#17202b;--soft:#55606e;\
        --line:#dfe3e8;--link:#0b5cad;--good:#0b6b3a;--warn:#8a5300;--bad:#b3201b;--bar:#2f6fb5;\
        --good-bg:#e2f4e9;--warn-bg:#fdf0d9;--bad-bg:#fde5e3;--mark:#ffe9a8}
        @media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e8ecf1;\
        --soft:#a6b0bd;--line:#323b47;--link:#7fb8f5;--good:#73d99b;--warn:#f0bd63;--bad:#ff958e;\
        --bar:#6ba6e8;--good-bg:#15341f;--warn-bg:#3b2c0d;--bad-bg:#43191a;--mark:#6b5410}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);\
        font:1rem/1.5 system-ui,sans-serif}a{color:var(--link)}\
        a:focus-visible,button:focus-visible,input:focus-visible,.scroll:focus-visible,\
        summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .top{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.25rem;padding:.7rem 1.25rem;\
        background:var(--card);border-bottom:1px solid var(--line)}.top nav{display:flex;gap:1.1rem;\
        flex:1}.brand{font-weight:700;letter-spacing:-.01em;color:var(--ink);text-decoration:none}
        main{max-width:76rem;margin:0 auto;padding:1.25rem}main.narrow{max-width:26rem}
        h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0 .3rem;letter-spacing:-.015em}\
        h2{font-size:1.05rem;margin:0 0 .6rem}p{margin:.3rem 0 .8rem}.soft{color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.9rem,1fr));gap:.8rem;\
        margin:1rem 0;padding:0;list-style:none}.tile,.card{background:var(--card);\
        border:1px solid var(--line);border-radius:.7rem;padding:.9rem 1.1rem}\
        .tile b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}\
        .tile span{color:var(--soft);font-size:.9rem}
        .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));\
        gap:1rem;align-items:start}.card{min-width:0}.wide{grid-column:1/-1}
        .badge{display:inline-block;border-radius:2rem;padding:.1rem .7rem;font-weight:600;\
        font-size:.9rem;white-space:nowrap}.good{color:var(--good);background:var(--good-bg)}\
        .warn{color:var(--warn);background:var(--warn-bg)}.bad{color:var(--bad);\
        background:var(--bad-bg)}
        ul.list{list-style:none;margin:0;padding:0}ul.list li{padding:.55rem 0;\
        border-top:1px solid var(--line);overflow-wrap:anywhere}ul.list li:first-child{border:0}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
        th,td{padding:.4rem .8rem .4rem 0;text-align:left;vertical-align:top;\
        border-top:1px solid var(--line)}thead th{border:0;color:var(--soft);font-weight:600;\
        font-size:.85rem}.n{text-align:right}.scroll{overflow-x:auto}\
        caption{text-align:left;color:var(--soft);font-size:.9rem}
        svg{display:block;width:100%;height:auto}.bar{fill:var(--bar)}.bar.err{fill:var(--bad)}\
        .axis{stroke:var(--line)}svg text{fill:var(--soft);font-size:11px}
        details{margin-top:.5rem}summary{cursor:pointer;color:var(--soft);font-size:.9rem}
        form.search{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}\
        input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);\
        border-radius:.5rem;padding:.45rem .7rem;min-width:0}form.search input{flex:1 1 14rem}\
        label{display:block;font-weight:600;margin:.6rem 0 .2rem}main.narrow input{width:100%}
        button{font:inherit;font-weight:600;border:0;border-radius:.5rem;padding:.5rem 1.1rem;\
        background:var(--link);color:var(--card);cursor:pointer}button.plain{background:none;\
        color:var(--link);padding:.2rem .3rem;font-weight:400;text-decoration:underline}
        audio{width:100%;margin:.3rem 0}.said{display:grid;grid-template-columns:4.2rem 6rem 1fr;\
        gap:.2rem .8rem;padding:.4rem 0;border-top:1px solid var(--line)}\
        .said p{margin:0;overflow-wrap:anywhere}.said:target{background:var(--mark)}\
        mark{background:var(--mark);color:inherit}
        @media(max-width:34rem){main{padding:.9rem}.said{grid-template-columns:4.2rem 1fr}\
        .said p{grid-column:1/-1}}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem;margin:0}\
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        """
}
