// LoginPage: the form for a token, and the page of a fault.

/// The form.
public struct LoginPage {
    private let fault: String?

    /// Shows the form, with the reason why the last token was refused.
    public init(fault: String? = nil) { self.fault = fault }

    /// The page.
    public var frame: Frame {
        let told: Markup? = fault.map {
            "<p role=\"alert\">\(Badge.bad.markup("refused")) \($0)</p>"
        }
        return Frame(
            "Log in", hasLinks: false, isNarrow: true,
            """
            <section class="card"><h1>Log in</h1>\(told)<form method="post" action="/admin/login">
            <label for="token">Token</label><input id="token" name="token" type="password"
            autocomplete="current-password" required><p class="soft">An operator makes one:
            call-token create --name NAME</p><button>Log in</button></form></section>
            """)
    }
}

/// The page of a fault, for one who looks with a browser.
public struct FaultPage {
    private let title: String
    private let detail: String

    /// Tells a fault.
    public init(_ title: String, _ detail: String) {
        self.title = title
        self.detail = detail
    }

    /// The page.
    public var frame: Frame {
        Frame(
            title, isNarrow: true,
            """
            <section class="card"><h1>\(title)</h1><p>\(detail)</p>
            <p><a href="/admin/operations">Operations</a></p></section>
            """)
    }
}
