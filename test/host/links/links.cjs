// Opens what is typed as a link of this VS Code to Loopscope.
const vscode = require('vscode');

exports.activate = (context) => {
  const open = async () => {
    const rest = await vscode.window.showInputBox({ prompt: 'attach?port=9229' });
    await vscode.commands.executeCommand(
      'vscode.open',
      vscode.Uri.parse(`${vscode.env.uriScheme}://loopscope.loopscope/${rest}`),
    );
  };
  context.subscriptions.push(vscode.commands.registerCommand('loopscopeTest.openLink', open));
};
