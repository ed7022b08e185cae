/** What stands at `/` when the web terminal was not built. */
export const helpPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Signet</title></head>
<body>
<h1>Signet is running</h1>
<p>The web terminal is not built yet. Run <code>npm run build</code> in the project's folder, then reload this page.</p>
</body>
</html>
`;
