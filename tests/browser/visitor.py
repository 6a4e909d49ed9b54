"""A person at a browser: signs in, opens an example page, and leaves it as it is found."""

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Shown, Site

WIDTHS = {"desktop": (1280, 800), "phone": (375, 812)}

_POST = """
([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) { form.append(token.cloneNode()); }
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden"; input.name = name; input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}
"""


class Visitors:
    """One signed-in browser context per role and width, made when first needed."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.sign_ins = site.sign_ins()
        self.contexts: dict[tuple[str, str, bool], BrowserContext] = {}
        self.window: tuple[tuple[str, str], Page] | None = None
        self.complaints: list[str] = []  # of the page opened last: what its scripts and its policy complained of

    def page(self, role: str, width: str = "desktop", *, scripts: bool = True) -> Page:
        """A new page of that person; without ``scripts`` the browser runs no JavaScript."""
        key = (role, width, scripts)
        if key not in self.contexts:
            size = WIDTHS[width]
            self.contexts[key] = self.browser.new_context(
                viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="en-GB"
            )
            self.contexts[key].set_default_timeout(15_000)
            if role != "anonymous":
                self._sign_in(role, self.contexts[key])
        return self.contexts[key].new_page()

    def _sign_in(self, role: str, context: BrowserContext) -> None:
        if role not in self.site.cookies:
            page = context.new_page()
            email, password = self.sign_ins[role]
            page.goto(f"{self.site.url}/account/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", password)
            page.click("main button[type=submit]")
            page.wait_for_load_state()  # a window closed while it still loads may never say that it is closed
            if "/account/login" in page.url:
                raise RuntimeError(f"{role} could not sign in: {page.inner_text('main')}")
            self.site.cookies[role] = context.cookies()
            page.close()
        else:
            context.add_cookies(self.site.cookies[role])

    def open(self, shown: Shown, width: str = "desktop") -> Page:
        """The example's page, in a window that stays open for the role's next one.

        An example with a post is reached by submitting those fields from the page itself.
        """
        page = self._window(shown.role, width)
        self.complaints.clear()
        response = page.goto(self.site.url + shown.path)
        if shown.post is not None:
            with page.expect_navigation() as answer:
                page.evaluate(_POST, [shown.path, shown.post])
            response = answer.value
        if response is not None and response.status >= 500:
            raise RuntimeError(f"{shown.path} answered {response.status}")
        return page

    def _window(self, role: str, width: str) -> Page:
        """One window at a time: it stays while the same role looks on, and is closed for the next role."""
        if self.window is None or self.window[0] != (role, width):
            if self.window is not None:
                self.window[1].close()
            page = self.page(role, width)
            page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            self.window = ((role, width), page)
        page = self.window[1]
        page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})
        return page
