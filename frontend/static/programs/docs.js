// Lists the operations of the API from its description. A request tried out here carries the session's CSRF token, so
// that whoever is signed in can send it as themselves; a token typed into the page is sent and kept nowhere.
(function () {
  "use strict";
  const place = document.getElementById("operations");
  if (!place || !window.SwaggerUIBundle) return;

  // The page has its own heading and introduction.
  function withoutHeading() {
    return { wrapComponents: { InfoContainer: function () { return function () { return null; }; } } };
  }

  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: false, // its links would stand inside buttons, which no screen reader tells apart
    defaultModelsExpandDepth: -1,
    docExpansion: "list",
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [withoutHeading],
    layout: "BaseLayout",
    requestInterceptor: function (request) {
      if (!request.loadSpec && new URL(request.url, location.href).origin === location.origin) {
        request.headers["X-CSRFToken"] = place.dataset.csrf;
      }
      return request;
    },
  });
})();
