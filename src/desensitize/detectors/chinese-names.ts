/** Chinese surnames, and characters that are rare in given names: fakes are made of those, which tells them from people. */

/** By frequency of population, single then compound. */
export const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季牛温芦俞葛章毕聂丛焦齐梅庄辛管祝左涂谷祁时舒耿卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺'

export const compoundSurnames: readonly string[] =
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 百里 呼延 东郭 南门 西门 第五'.split(
    ' ',
  )

/** Plants, insects, fish and minerals that nobody is called after. */
export const rareGiven =
  '蕨藓苔楝檵栲枳柘柞桕楮椹槠檗檫杧柑栓桫棣椒椋楂榅槟樗蓖蒺蕺薯藕茱萸荸荠莜莠菠菰葎葫蒟蒴蒽蓍蓰蕲薤藁蚂蚁蚕蚜蚝蚓蚱蛉蛙蛤蛭蛹蛾蜂蜇蜉蜍蜓蜗蜡蜣蜥蜴蝉蝎蝗蝼螅螈螟螳螺蟋蟀蟥蠓蠡蠹砂矸砾硒硼碘碱磷磺礁矾砝砷钍钛钡钨钼铋铌铍铟铬铯锆锑锗锡镉镍镧蚍蜮蝈蝌蝥蝮蟆蟒蟠蠊蠕蠲蠖蚣蚰蚶蛄蛆蛏蛞蛳蛸蜈蜊蜩蜱蜷蜾蝙蝠蝣蝤蝰螂螃螋螗螨螬蟛蟪蟮蟾蠃鲅鲇鲈鲋鲐鲑鲔鲚鲛鲞鲟鲠鲡鲢鲣鲥鲦鲧鲨鲩鲫鲭鲮鲰鲱鲲鲳鲴鲵鲶鲷鲺鲻鲼鲽鳄鳅鳆鳇鳊鳋鳌鳍鳎鳏鳐鳓鳔鳕鳖鳗鳘鳙鳜鳝鳟鳢'
